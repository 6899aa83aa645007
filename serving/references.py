"""From what a request asks for to pinned features of the catalog."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from serving.errors import NameClashError, RequestError, UnknownFeatureError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from serving.format.catalog import Catalog, ServiceFeature, ViewEntry

_REFERENCE = re.compile(r"(?P<view>[A-Za-z0-9_.-]+)(?:@v(?P<version>[1-9][0-9]*))?:(?P<feature>.+)")


@dataclass(frozen=True, slots=True)
class Requested:
    """One column of features in an answer.

    Attributes:
        source: The reference or service item it comes from, for messages.
        join_keys: View's key column to request column, where they differ.
    """

    view: ViewEntry
    feature: str
    output_name: str
    source: str
    join_keys: Mapping[str, str] = field(default_factory=dict)


def resolve(catalog: Catalog, features: str | Sequence[str], *, full_feature_names: bool) -> list[Requested]:
    """The features of a service or of a list of references, in request order, names unique.

    Raises:
        UnknownFeatureError: A name that the catalog does not have.
        NameClashError: Two of them would have one name.
        RequestError: A reference that cannot be read, or an empty list.
    """
    if isinstance(features, str) and ":" not in features:
        requested = _of_service(catalog, features, full_feature_names=full_feature_names)
    else:
        references = [features] if isinstance(features, str) else features
        requested = [
            each
            for reference in references
            for each in _of_reference(catalog, reference, full_feature_names=full_feature_names)
        ]
    if not requested:
        raise RequestError(
            "features: expected a service name or at least one feature reference, got none",
            hint="Write features=['view:feature'], or the name of a service.",
        )
    _require_unique(requested, full_feature_names=full_feature_names)
    return requested


def deprecations(requested: Iterable[Requested]) -> dict[str, str]:
    """Those of the views that are declared deprecated, by reference, to the date (ISO 8601)."""
    views = [each.view for each in requested]
    return {view.reference: view.deprecation_date for view in views if view.deprecation_date is not None}


def _of_service(catalog: Catalog, name: str, *, full_feature_names: bool) -> list[Requested]:
    service = catalog.services.get(name)
    if service is None:
        raise UnknownFeatureError("feature service", name, catalog.services)
    return [
        Requested(
            view=_pinned(catalog, name, item),
            feature=item.feature,
            output_name=f"{item.view}__{item.output_name}" if full_feature_names else item.output_name,
            source=f"{item.view}@{item.version}:{item.feature} of service {name}",
            join_keys=item.join_keys,
        )
        for item in service.features
    ]


def _pinned(catalog: Catalog, service: str, item: ServiceFeature) -> ViewEntry:
    view = catalog.views.get((item.view, item.version))
    if view is None:
        published = [f"{name}@{version}" for name, version in catalog.views]
        raise UnknownFeatureError(f"published view (of service {service!r})", f"{item.view}@{item.version}", published)
    _require_feature(view, item.feature)
    return view


def _of_reference(catalog: Catalog, reference: str, *, full_feature_names: bool) -> list[Requested]:
    parsed = _REFERENCE.fullmatch(reference) if isinstance(reference, str) else None
    if parsed is None:
        raise RequestError(
            f"features: expected a reference like view:feature, got {reference!r}",
            hint="Write view:feature, view:* or view@v2:feature; a service is named by a str, not in a list.",
        )
    view = _view(catalog, parsed["view"], parsed["version"])
    if parsed["feature"] == "*":
        names = [name for name, _ in view.features]
    else:
        names = [parsed["feature"]]
        _require_feature(view, parsed["feature"])
    prefix = view.name if parsed["version"] is None else view.reference
    return [
        Requested(
            view=view,
            feature=name,
            output_name=f"{prefix}__{name}" if full_feature_names else name,
            source=reference if parsed["feature"] != "*" else f"{reference} ({name})",
        )
        for name in names
    ]


def _view(catalog: Catalog, name: str, version: str | None) -> ViewEntry:
    versions = {view.version: view for view in catalog.views.values() if view.name == name}
    if not versions:
        raise UnknownFeatureError("feature view", name, (view.name for view in catalog.views.values()))
    if version is not None:
        pinned = next(
            (view for known, view in versions.items() if str(known) == version), None
        )  # it may have any length
        if pinned is None:
            raise UnknownFeatureError(
                f"version of view {name!r}", f"{name}@v{version}", [f"{name}@v{known}" for known in versions if known]
            )
        return pinned
    # Versions are published one by one, so for a while two may call themselves the latest.
    latest = max((known for known, view in versions.items() if view.is_latest), default=None)
    if latest is None:
        raise RequestError(
            f"features: expected a published latest version of view {name!r}, got only {sorted(versions)}",
            hint=f"Pin one, e.g. {name}@v{max(versions)}:feature, or publish the latest one.",
        )
    return versions[latest]


def _require_feature(view: ViewEntry, feature: str) -> None:
    names = [name for name, _ in view.features]
    if feature not in names:
        raise UnknownFeatureError(f"feature of view {view.reference!r}", feature, names)


def _require_unique(requested: list[Requested], *, full_feature_names: bool) -> None:
    hint = "Ask for one of them." if full_feature_names else "Pass full_feature_names=True, or ask for one of them."
    taken: dict[str, Requested] = {}
    for each in requested:
        first = taken.setdefault(each.output_name, each)
        if first is not each:
            is_same = (first.view, first.feature) == (each.view, each.feature)
            raise NameClashError(
                f"features: expected unique names, got {each.output_name!r} from {first.source} and from {each.source}",
                hint="Ask for it once." if is_same else hint,
            )
    for each in requested:
        for key, _ in each.view.join_keys:
            column = each.join_keys.get(key, key)
            if column in taken:
                raise NameClashError(
                    f"features: expected names that are no join key column, got {column!r} from {taken[column].source} and as join key of {each.source}",
                    hint="Pass full_feature_names=True, or leave the feature out: its value is the key's.",
                )
