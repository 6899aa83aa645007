"""Feature references (`view:feature`, `view:*`, `view@v2:feature`): parsed, and resolved to pinned features."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from featurectl.errors import ReferenceSyntaxError, UnknownNameError, did_you_mean
from featurectl.registry import PinnedFeature

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from featurectl.registry import FeatureView

ALL = "*"
_VIEW = re.compile(r"(?P<name>[^@:\s]+)(?:@v(?P<version>[1-9]\d*))?")
_MARK = "A model is one by `config.meta.feature_view` in its YAML: is the block there, and spelt so?"
_REFERENCE_HINT = "Write `view:feature`, `view:*` or `view@v2:feature`."


@dataclass(frozen=True, slots=True)
class Item:
    """What a feature list takes from one view.

    Attributes:
        version: None means the latest.
        features: Feature names in order, or None for all in contract order.
        join_keys: View's key column to spine column.
        prefix: Put before the name of each output column.
        package: dbt package of the view; None means any.
    """

    view: str
    version: int | None = None
    features: tuple[str, ...] | None = None
    join_keys: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    package: str | None = None


def parse_view_name(text: str) -> tuple[str, int | None]:
    """``plane_delays@v2`` as name and version; the version is None when unpinned.

    Raises:
        ReferenceSyntaxError: The text is neither ``view`` nor ``view@v<positive integer>``.
    """
    found = _VIEW.fullmatch(text)
    if found is None:
        raise ReferenceSyntaxError(f"expected a view as `view` or `view@v2`, got {text!r}", hint=_REFERENCE_HINT)
    return found["name"], int(found["version"]) if found["version"] else None


def parse_reference(text: str) -> Item:
    """A feature reference as an item of one feature, or of all.

    Raises:
        ReferenceSyntaxError: The text is no feature reference.
    """
    view_text, colon, feature = text.partition(":")
    if not colon or not feature or ":" in feature or feature != feature.strip():
        raise ReferenceSyntaxError(f"expected a feature reference, got {text!r}", hint=_REFERENCE_HINT)
    name, version = parse_view_name(view_text)
    return Item(name, version, None if feature == ALL else (feature,))


def find_view(
    views: Iterable[FeatureView], name: str, version: int | None = None, package: str | None = None
) -> FeatureView:
    """The view of that name and version; the latest (or else the only) version when none is given.

    Raises:
        UnknownNameError: There is no such view or version, or several packages have one.
    """
    candidates = list(views)
    named = [view for view in candidates if view.name == name and package in (None, view.package)]
    if not named:
        in_package = [view.name for view in candidates if package in (None, view.package)]
        hint = did_you_mean(name, in_package)
        raise UnknownNameError(
            "feature view", name, in_package, hint=hint if hint.startswith("Did") else f"{hint} {_MARK}"
        )
    if version is not None:
        matching = [view for view in named if view.version == version]
        if not matching:
            known = [view.reference_name for view in named]
            raise UnknownNameError("version of a feature view", f"{name}@v{version}", known)
    else:
        matching = [view for view in named if view.is_latest] or named
    if len(matching) > 1:
        where = ", ".join(sorted(view.unique_id for view in matching))
        raise UnknownNameError("single feature view", name, [], hint=f"Say which: there is {where}.")
    return matching[0]


def expand(item: Item, view: FeatureView, join_keys: Mapping[str, str] | None = None) -> tuple[PinnedFeature, ...]:
    """The item's features of a view, pinned to its version.

    Args:
        item: Its own join keys win over the call's.
        view: The view it was resolved to.
        join_keys: The call's view key to spine column; keys of other views are left out.

    Raises:
        UnknownNameError: The view has no such feature or join key.
    """
    by_name = {column.name for column in view.features}
    keys = [column.name for column in view.join_keys]
    for name in item.features or ():
        if name not in by_name:
            raise UnknownNameError(f"feature of {view.reference_name}", name, by_name)
    for name in item.join_keys:
        if name not in keys:
            raise UnknownNameError(f"join key of {view.reference_name}", name, keys)
    mapped = {key: {**(join_keys or {}), **item.join_keys}.get(key, key) for key in keys}
    renamed = {key: column for key, column in mapped.items() if key != column}
    names = item.features if item.features is not None else tuple(column.name for column in view.features)
    return tuple(PinnedFeature(view.name, view.version, name, item.prefix + name, renamed) for name in names)


def resolve_references(references: Sequence[str], views: Sequence[FeatureView]) -> tuple[PinnedFeature, ...]:
    """References in their order, expanded and pinned to the latest versions.

    Raises:
        ReferenceSyntaxError: One is no feature reference.
        UnknownNameError: One names a view, version or feature that is not there.
    """
    items = [parse_reference(text) for text in references]
    return tuple(
        feature for item in items for feature in expand(item, find_view(views, item.view, item.version, item.package))
    )


def clashes(features: Iterable[PinnedFeature]) -> list[tuple[PinnedFeature, PinnedFeature]]:
    """Pairs (first, later) of features that give the same output column."""
    seen: dict[str, PinnedFeature] = {}
    pairs = []
    for feature in features:
        first = seen.setdefault(feature.output_name, feature)
        if first is not feature:
            pairs.append((first, feature))
    return pairs
