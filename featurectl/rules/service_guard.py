"""What keeps a feature service from changing unnoticed, and its training set from knowing more than it will."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.references import find_view
from featurectl.rules.feature_list import read_items
from featurectl.rules.finding import Place
from featurectl.rules.service import KEY as SERVICE_KEY
from featurectl.rules.training_set import KEY as TRAINING_SET_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from featurectl.manifest import Manifest, Node
    from featurectl.registry import FeatureService, FeatureView, TrainingSet
    from featurectl.rules.finding import Finding


def check_services(
    manifest: Manifest,
    services: Iterable[FeatureService],
    training_sets: Iterable[TrainingSet],
    views: Sequence[FeatureView],
) -> list[Finding]:
    """Findings about the lists of services that have no error of their own; a training set is judged once."""
    by_name = {training_set.name: training_set for training_set in training_sets}
    findings: list[Finding] = []
    judged: set[str] = set()
    for service in services:
        exposure = manifest.exposures[service.unique_id]
        if service.training_set is None:
            place = Place.of(exposure)
            declared = (exposure.config.meta or {})["feature_service"]["features"]
            parents = exposure.depends_on.nodes
            key = SERVICE_KEY
        elif service.training_set in judged:
            continue
        else:
            judged.add(service.training_set)
            node = manifest.nodes[by_name[service.training_set].unique_id]
            place = Place.of(node)
            declared = (node.config.meta or {})["training_set"]["features"]
            parents = node.depends_on.nodes
            key = TRAINING_SET_KEY
            _check_incremental(node, place, service)
            _warn_of_hindsight(place, by_name[service.training_set], service, views)
        _warn_of_moving_list(place, f"{key}.features", declared, [view for view in views if view.unique_id in parents])
        findings.extend(place.findings)
    return findings


def _check_incremental(node: Node, place: Place, service: FeatureService) -> None:
    if node.config.materialized == "incremental" and node.config.on_schema_change != "fail":
        place.expected(
            "on-schema-change",
            "config.on_schema_change",
            f"'fail' for an incremental training set behind the service {service.name!r}",
            node.config.on_schema_change,
            "Add `on_schema_change: fail`: dbt would drop or add the columns of the service silently.",
        )


def _warn_of_hindsight(
    place: Place, training_set: TrainingSet, service: FeatureService, views: Sequence[FeatureView]
) -> None:
    """Only a view with a created timestamp has rows that become known later than they are true."""
    if training_set.known_at_cutoff:
        return
    used = {(feature.view, feature.version) for feature in training_set.features}
    late = [view for view in views if (view.name, view.version) in used and view.created_timestamp]
    if late:
        names = ", ".join(view.reference_name for view in late)
        place.warn(
            "hindsight",
            f"{TRAINING_SET_KEY}.known_at_cutoff: expected true behind the service {service.name!r}, got False, and "
            f"rows with a created timestamp in {names}",
            "A look-up never has a row before its created timestamp: the model would train on what it is not served. "
            "Leave the argument out, or train on this only what is never served.",
        )


def _warn_of_moving_list(place: Place, key: str, declared: object, views: Sequence[FeatureView]) -> None:
    for where, item in read_items(Place(place.node, place.path), key, declared):
        view = find_view(views, item.view, item.version, item.package)
        if item.features is None:
            place.warn(
                "moving-list",
                f"{where}: expected features by name behind a service, got all of {view.reference_name!r}",
                "A column added to the view changes the service: list the features.",
            )
        if item.version is None and view.version:
            place.warn(
                "unpinned",
                f"{where}: expected a pinned version behind a service, got {item.view!r}",
                f"Write `{view.reference_name}`: a new version of the view would change the service.",
            )
