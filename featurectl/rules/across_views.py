"""What several feature views must agree on: names, and the key types of an entity."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from featurectl.rules.finding import Place
from featurectl.rules.types import same_key_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from featurectl.manifest import Node
    from featurectl.registry import FeatureView
    from featurectl.rules.finding import Finding


def check_across_views(views: Iterable[FeatureView], nodes: Mapping[str, Node]) -> list[Finding]:
    """Findings of rules that need more than one view."""
    ordered = list(views)
    places = {view.unique_id: Place.of(nodes[view.unique_id]) for view in ordered}
    _check_names(ordered, places)
    _check_key_types(ordered, places)
    return [finding for place in places.values() for finding in place.findings]


def _check_names(views: list[FeatureView], places: Mapping[str, Place]) -> None:
    seen: dict[str, FeatureView] = {}
    for view in views:
        first = seen.setdefault(view.online_name, view)
        if first is not view:
            places[view.unique_id].error(
                "duplicate-name",
                f"name: expected a name that no other feature view has, got {view.name!r} of {first.unique_id}",
                "Online keys carry the view's name without its package: rename one of the two.",
            )


def _check_key_types(views: list[FeatureView], places: Mapping[str, Place]) -> None:
    """A key of an entity has one type in all its views (by name if composite, else alone), or look-ups miss."""
    seen: defaultdict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for view in views:
        for column in view.join_keys:
            key = column.name if len(view.join_keys) > 1 else ""
            data_type, first = seen[view.entity].setdefault(key, (column.data_type, view.reference_name))
            if not same_key_type(data_type, column.data_type):
                places[view.unique_id].error(
                    "key-type",
                    f"columns.{column.name}.data_type: expected {data_type!r} as in {first} "
                    f"(entity {view.entity!r}), got {column.data_type!r}",
                    "Cast the key to one type in every view of the entity.",
                )
