"""A list of features as one catalog resolves it: what its answers share, made once."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from serving.errors import UnknownFeatureError
from serving.format.types import parse_type
from serving.format.values import to_micros
from serving.http.json_values import json_column
from serving.references import deprecations, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from serving.format.catalog import Catalog

_MICROS = 1_000_000
_FEAST_VERSION = re.compile(r"^([^:@]+)@(?:[vV]0*([0-9]+)|latest):")


class Recipe:
    """What every answer to one list of features has in common.

    Args:
        catalog: That resolves it.
        features: The name of a service, or references.
        full_feature_names: Name features ``view__feature``.

    Attributes:
        service: Its name, or None for references.
        access: View to its dbt access.
        entity_names: Request column to the entity whose name Feast accepts in its place.
        views: View of each feature.
        headers: More of the answer's, of HTTP.
        columns: What makes a JSON column of each feature's values.

    Raises:
        RequestError: An unknown or malformed name, or names that clash.
    """

    __slots__ = (
        *("access", "columns", "entity_names", "features", "headers", "service"),
        *("start", "start_with_versions", "views"),
    )

    def __init__(self, catalog: Catalog, features: str | tuple[str, ...], *, full_feature_names: bool) -> None:
        self.service = features if isinstance(features, str) else None
        # A service's name never is a reference, as a text with a colon would be.
        if isinstance(features, str) and ":" in features:
            raise UnknownFeatureError("feature service", features, catalog.services)
        self.features = features if isinstance(features, str) else tuple([canonical(each) for each in features])
        features = self.features
        requested = resolve(catalog, features, full_feature_names=full_feature_names)
        self.access: dict[str, str] = {}
        for each in requested:
            if self.access.get(each.view.name) != "private":  # in one version, so in all
                self.access[each.view.name] = each.view.access
        self.views = [each.view.name for each in requested]
        self.columns = [json_column(parse_type(dict(each.view.features)[each.feature])) for each in requested]
        self.entity_names = {
            each.join_keys.get(key, key): each.view.entity
            for each in requested
            for key, _ in each.view.join_keys
            if len(each.view.join_keys) == 1 and not each.join_keys
        }
        keys = dict.fromkeys(each.join_keys.get(key, key) for each in requested for key, _ in each.view.join_keys)
        names = [*keys, *(each.output_name for each in requested)]
        versions = {each.view.name: each.view.version for each in requested}
        metadata: dict[str, Any] = {"feature_names": names}
        deprecated = deprecations(requested)
        if deprecated:  # a field that Feast's clients pass over
            metadata["deprecations"] = deprecated
        self.headers = _deprecation_header(deprecated.values())
        self.start = _start(metadata)
        described = [{"name": name, "version": version} for name, version in versions.items()]
        self.start_with_versions = _start({**metadata, "feature_view_metadata": described})

    def entities(self, given: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """The entity columns by join key; an entity's name stands for its only join key, as in older Feast code."""
        for key, entity in self.entity_names.items():
            if key not in given and entity in given:
                given[key] = given[entity]
        return given


def canonical(reference: str) -> str:
    """A reference as this package writes it: Feast also says ``view@V2:`` and ``view@latest:``."""
    match = _FEAST_VERSION.match(reference)
    if match is None:
        return reference
    version = f"@v{match[2]}" if match[2] else ""
    return f"{match[1]}{version}:{reference[match.end() :]}"


def _deprecation_header(dates: Iterable[str]) -> tuple[tuple[bytes, bytes], ...]:
    """RFC 9745's header with the first of the dates; none where there is no date that can be read."""
    instants = [to_micros(instant) for date in dates if (instant := _instant(date)) is not None]
    return ((b"deprecation", b"@%d" % (min(instants) // _MICROS)),) if instants else ()


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _start(metadata: object) -> bytes:
    return b'{"metadata":' + msgspec.json.encode(metadata) + b',"results":'
