"""A model with `config.meta.training_set` (recorded by the macro): judged, then built as a training set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.errors import did_you_mean
from featurectl.registry import Column, TrainingSet
from featurectl.rules.block import Block
from featurectl.rules.feature_list import expand_items, read_items, read_join_keys

if TYPE_CHECKING:
    from featurectl.manifest import Node
    from featurectl.registry import PinnedFeature
    from featurectl.rules.feature_list import Known
    from featurectl.rules.finding import Place

BLOCK = "training_set"
KEY = f"config.meta.{BLOCK}"
ACCEPTED = ("event_timestamp", "features", "join_keys", "known_at_cutoff")
MACRO_HINT = "The macro `featurectl.training_set(...)` writes this block: call it, and write none by hand."


def is_training_set(node: Node) -> bool:
    """Whether the model called the macro."""
    return BLOCK in (node.config.meta or {})


def read_training_set(node: Node, place: Place, known: Known) -> TrainingSet | None:
    """The training set of a model; None when an error was reported at its place."""
    block = Block.of(place, KEY, (node.config.meta or {})[BLOCK], ACCEPTED, MACRO_HINT)
    if block is None:
        return None
    event_timestamp = block.required_text("event_timestamp", "a column of the spine", MACRO_HINT)
    known_at_cutoff = block.flag("known_at_cutoff", default=True)
    join_keys = read_join_keys(block)
    items = read_items(place, block.path("features"), block.values.get("features"))
    features = expand_items(place, items, known, join_keys)
    if features is None:
        return None
    used = {(feature.view, feature.version) for feature in features}
    views = [view for view in known.views if (view.name, view.version) in used]
    keys = {column.name for view in views for column in view.join_keys}
    for name in join_keys:
        if views and name not in keys:
            place.expected(
                "unknown-name", f"{block.path('join_keys')}.{name}", "a join key of a view in the list", name,
                did_you_mean(name, keys),
            )  # fmt: skip
    keys_of = {(view.name, view.version): [key.name for key in view.join_keys] for view in views}
    spine_keys = {
        feature.join_keys.get(key, key) for feature in features for key in keys_of[feature.view, feature.version]
    }
    _check_spine_names(place, features, {event_timestamp, *spine_keys})
    if place.is_broken or event_timestamp is None:
        return None
    view_ids = {view.unique_id for view in views}
    return TrainingSet(
        unique_id=node.unique_id,
        name=node.name,
        package=node.package_name,
        description=node.description or "",
        path=node.original_file_path,
        relation=node.relation,
        event_timestamp=event_timestamp,
        known_at_cutoff=known_at_cutoff,
        features=features,
        columns=tuple(
            Column(column.name, column.data_type or "", column.description or "") for column in node.columns.values()
        ),
        spines=tuple(parent for parent in node.depends_on.nodes if parent not in view_ids),
        owner=node.config.group or node.group,
        access=node.access or node.config.access or "protected",
        tags=tuple(node.tags),
    )


def _check_spine_names(place: Place, features: tuple[PinnedFeature, ...], spine_columns: set[str | None]) -> None:
    """The spine's time and key columns are known without a contract: no feature may have their names."""
    for feature in features:
        if feature.output_name in spine_columns:
            place.error(
                "name-clash",
                "features: expected output columns that the spine does not have, "
                f"got {feature.output_name!r} of {feature.reference}",
                f"Give the item a prefix: {{view: {feature.view}, features: [{feature.feature}], prefix: {feature.view}__}}.",
            )
