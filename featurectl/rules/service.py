"""An exposure with `config.meta.feature_service`: judged, then built as a feature service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from featurectl.registry import FeatureService
from featurectl.rules.block import Block
from featurectl.rules.feature_list import Known, expand_items, read_items

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from featurectl.manifest import Exposure, Node
    from featurectl.registry import FeatureView, PinnedFeature, TrainingSet
    from featurectl.rules.finding import Place

BLOCK = "feature_service"
KEY = f"config.meta.{BLOCK}"
ACCEPTED = ("features",)
MISPLACED_HINT = "Move it under `config`: `config: {meta: {feature_service: {}}}`."


def is_feature_service(exposure: Exposure) -> bool:
    """Whether an exposure carries the block, at its place or at the deprecated one."""
    return BLOCK in (exposure.config.meta or {}) or BLOCK in (exposure.meta or {})


@dataclass(frozen=True, slots=True)
class Parents:
    """What an exposure depends on, as far as it is about features.

    Attributes:
        training_sets: By unique id, those without errors.
        broken: Unique ids of views and training sets whose own errors are reported already.
        nodes: Every node of the manifest, by unique id.
    """

    views: Sequence[FeatureView]
    training_sets: Mapping[str, TrainingSet]
    broken: Collection[str]
    nodes: Mapping[str, Node]


def read_service(exposure: Exposure, place: Place, parents: Parents) -> FeatureService | None:
    """The service of an exposure; None when an error was reported, or when its training set has one."""
    if BLOCK not in (exposure.config.meta or {}):
        place.error(
            "misplaced-meta", f"meta.{BLOCK}: expected the block under config.meta, got it above", MISPLACED_HINT
        )
        return None
    if exposure.type != "ml":
        place.expected(
            "exposure-type", "type", "'ml'", exposure.type, "Only an exposure of type ml is a feature service."
        )
    # `feature_service:` with nothing behind it is YAML for null, and means the same as {}
    value = (exposure.config.meta or {})[BLOCK]
    block = Block.of(place, KEY, {} if value is None else value, ACCEPTED)
    if block is None:
        return None
    training_set: TrainingSet | None = None
    features: tuple[PinnedFeature, ...] | None
    if "features" in block.values:
        features = _explicit(exposure, place, block, parents)
    else:
        training_set = _single_training_set(exposure, place, parents)
        features = training_set.features if training_set else None
    if place.is_broken or features is None:
        return None
    return FeatureService(
        unique_id=exposure.unique_id,
        name=exposure.name,
        package=exposure.package_name,
        description=exposure.description or "",
        path=exposure.original_file_path,
        training_set=training_set.name if training_set else None,
        features=features,
        owner=_owner(exposure.owner.name, exposure.owner.email),
        tags=tuple(exposure.tags),
    )


def _owner(name: str | None, email: Any) -> str | None:
    return name or (", ".join(email) if isinstance(email, list) else email)


def _single_training_set(exposure: Exposure, place: Place, parents: Parents) -> TrainingSet | None:
    found = [parent for parent in exposure.depends_on.nodes if parent in parents.training_sets]
    if len(found) == 1:
        return parents.training_sets[found[0]]
    if not found and any(parent in parents.broken for parent in exposure.depends_on.nodes):
        return None
    names = ", ".join(parents.training_sets[parent].name for parent in found) or "none"
    place.error(
        "one-training-set",
        f"depends_on: expected exactly one training set, got {names}",
        "Name one model that calls `training_set`, or list `features: [view:feature, ...]` in the block.",
    )
    return None


def _explicit(exposure: Exposure, place: Place, block: Block, parents: Parents) -> tuple[PinnedFeature, ...] | None:
    items = read_items(place, block.path("features"), block.values["features"])
    known = known_views(exposure.depends_on.nodes, parents.views, parents.broken, parents.nodes)
    return expand_items(place, items, known)


def known_views(
    parents: Collection[str], views: Sequence[FeatureView], broken: Collection[str], nodes: Mapping[str, Node]
) -> Known:
    """What a node with these parents may name."""
    names = {nodes[unique_id].name for unique_id in broken if unique_id in nodes}
    return Known([view for view in views if view.unique_id in parents], views, names)
