"""The features of a training set or service: a list of references and mappings, judged and expanded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from featurectl.errors import ReferenceSyntaxError, UnknownNameError
from featurectl.references import ALL, Item, clashes, expand, find_view, parse_reference, parse_view_name
from featurectl.rules.block import Block

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from featurectl.registry import FeatureView, PinnedFeature
    from featurectl.rules.finding import Place

ITEM_ACCEPTED = ("view", "features", "join_keys", "prefix", "package")
ITEM_HINT = "Write a reference ('view:feature', 'view:*') or a mapping {view: ..., features: [...]}."
JOIN_KEYS_HINT = "Write {airport: origin}: the view's key column, then the spine's column."


@dataclass(frozen=True, slots=True)
class Known:
    """What a list may name.

    Attributes:
        views: The views among the node's parents.
        all_views: Every view of the project, to say that one is there but no parent.
        broken: Names of views whose own errors are reported already; references to them are left alone.
    """

    views: Sequence[FeatureView]
    all_views: Sequence[FeatureView]
    broken: Collection[str] = field(default_factory=tuple)


def read_items(place: Place, key: str, value: Any) -> list[tuple[str, Item]]:
    """The well-formed items of a list, each with its dotted path; the others are reported."""
    if not isinstance(value, list) or not value:
        place.expected("wrong-type", key, "a non-empty list of features", value, ITEM_HINT)
        return []
    items = []
    for index, entry in enumerate(value):
        where = f"{key}[{index}]"
        try:
            item = parse_reference(entry) if isinstance(entry, str) else _read_mapping(place, where, entry)
        except ReferenceSyntaxError as error:
            place.error("reference", f"{where}: {error}", error.hint)
            continue
        if item is not None:
            items.append((where, item))
    return items


def expand_items(
    place: Place, items: Sequence[tuple[str, Item]], known: Known, join_keys: Mapping[str, str] | None = None
) -> tuple[PinnedFeature, ...] | None:
    """The items resolved and expanded in order; unknown names and clashing output columns are reported.

    Returns:
        None when an item names a view that is not there or is broken: the list would be shorter than declared.
    """
    features: list[PinnedFeature] = []
    is_whole = True
    for where, item in items:
        view = _resolve(place, where, item, known)
        if view is None:
            is_whole = False
            continue
        try:
            features.extend(expand(item, view, join_keys))
        except UnknownNameError as error:
            place.error("unknown-name", f"{where}: {error}", error.hint)
    for first, later in clashes(features):
        place.error(
            "name-clash",
            f"features: expected different output columns, got {later.output_name!r} "
            f"of both {first.reference} and {later.reference}",
            f"Give one of the two a prefix: {{view: {later.view}, features: [{later.feature}], prefix: {later.view}__}}.",
        )
    return tuple(features) if is_whole else None


def _resolve(place: Place, where: str, item: Item, known: Known) -> FeatureView | None:
    try:
        return find_view(known.views, item.view, item.version, item.package)
    except UnknownNameError as error:
        if item.view in known.broken:
            return None
        try:
            present = find_view(known.all_views, item.view, item.version, item.package)
        except UnknownNameError as nowhere:
            place.error("unknown-name", f"{where}: {nowhere}", nowhere.hint)
            return None
        if any(view.name == item.view for view in known.views):
            place.error("unknown-name", f"{where}: {error}", error.hint)
            return None
        place.error(
            "not-a-parent",
            f"{where}: expected a feature view that depends_on names, got {present.reference_name!r}",
            f"Add {dbt_ref(present)} to what it depends on.",
        )
        return None


def dbt_ref(view: FeatureView) -> str:
    """The view as dbt refers to it: ``ref('name')`` or ``ref('name', v=2)``."""
    return f"ref('{view.name}', v={view.version})" if view.version else f"ref('{view.name}')"


def _read_mapping(place: Place, where: str, entry: Any) -> Item | None:
    block = Block.of(place, where, entry, ITEM_ACCEPTED, ITEM_HINT)
    if block is None:
        return None
    view_text = block.required_text("view", "the name of a feature view", ITEM_HINT)
    if view_text is None:
        return None
    name, version = parse_view_name(view_text)
    everything = block.values.get("features", ALL) in (ALL, [ALL])
    features = None if everything else block.names("features")
    if features == ():
        if block.values["features"] == []:
            place.error("required", f"{block.path('features')}: expected at least one feature, got none", ITEM_HINT)
        return None
    return Item(
        view=name,
        version=version,
        features=features,
        join_keys=read_join_keys(block),
        prefix=(block.text("prefix") or "") if block.values.get("prefix") else "",
        package=block.text("package"),
    )


def read_join_keys(block: Block) -> dict[str, str]:
    """The block's ``join_keys``: view's key column to spine column."""
    join_keys = block.mapping("join_keys", JOIN_KEYS_HINT)
    for name, column in join_keys.items():
        if not isinstance(column, str) or not column:
            key = f"{block.path('join_keys')}.{name}"
            block.place.expected("wrong-type", key, "a column of the spine", column, JOIN_KEYS_HINT)
    return {name: column for name, column in join_keys.items() if isinstance(column, str) and column}
