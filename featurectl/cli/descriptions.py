"""What is known of one named thing, as a mapping that becomes a page or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from featurectl.cli.snippets import look_up, newest_rows, some_rows
from featurectl.cli.training_snippets import in_python, in_sql, one_row, rows_of
from featurectl.errors import UnknownNameError
from featurectl.references import find_view, parse_reference, parse_view_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from featurectl.cli.surroundings import Example, Surroundings
    from featurectl.manifest import Manifest
    from featurectl.registry import (
        Column,
        Entity,
        FeatureService,
        FeatureView,
        PinnedFeature,
        Registry,
        TrainingSet,
    )


def describe_named(name: str, registry: Registry, around: Surroundings) -> dict[str, Any]:
    """The view, feature, training set, service or entity of that name, in this order.

    Raises:
        ReferenceSyntaxError: The name can be none of them.
        UnknownNameError: There is none of that name.
    """
    name = name.removesuffix(":*")  # all features of a view are the view
    if ":" in name:
        return describe_feature(name, registry, around)
    view_name, version = parse_view_name(name)
    if any(view.name == view_name for view in registry.views):
        return describe_view(find_view(registry.views, view_name, version), registry, around)
    for training_set in registry.training_sets:
        if training_set.name == name:
            return describe_training_set(training_set, registry)
    for service in registry.services:
        if service.name == name:
            return describe_service(service, registry, around)
    for entity in registry.entities:
        if entity.name == name:
            return describe_entity(entity, registry)
    known = [view.name for view in registry.views]
    for things in (registry.training_sets, registry.services, registry.entities):
        known += [thing.name for thing in things]
    raise UnknownNameError("feature view, training set, service or entity", name, known)


def describe_view(view: FeatureView, registry: Registry, around: Surroundings) -> dict[str, Any]:
    """A feature view, the features as rows."""
    example = around.example(view)
    values = example.values if example else {}
    return {
        "type": "feature view",
        "name": view.reference_name,
        "description": view.description,
        "entity": view.entity,
        "join_keys": [f"{column.name} {column.data_type}" for column in view.join_keys],
        "event_timestamp": view.event_timestamp.name,
        "created_timestamp": view.created_timestamp.name if view.created_timestamp else None,
        "ttl_seconds": view.ttl_seconds,
        "tombstone": view.tombstone.name if view.tombstone else None,
        "online": view.online,
        "is_latest": view.is_latest,
        "owner": view.owner,
        "access": view.access,
        "tags": list(view.tags),
        "deprecation_date": view.deprecation_date,
        "warn_after_seconds": view.freshness.warn_after_seconds,
        "error_after_seconds": view.freshness.error_after_seconds,
        **_last_build(view, around),
        "lookback_seconds": view.lookback_seconds or None,
        "loaded_at": view.loaded_at.name if view.loaded_at else None,
        "materialized": view.materialized,
        "relation": str(view.relation),
        "file": view.path,
        "made_from": [node_label(parent, around.manifest) for parent in view.depends_on],
        "sources_problem": _lineage_problem(view),
        "used_by": _users(registry, view),
        **_shown_example(example),
        "features": [
            {
                **_column(column),
                "default": view.defaults.get(column.name),
                **({"example": values.get(column.name)} if values else {}),
                "sources": around.sources(view, column.name),
            }
            for column in view.features
        ],
        "python": look_up([_reference(view, column) for column in view.features], *_asked(view, example, around)),
        "sql": newest_rows(view, registry.adapter_type),
        **_training(view, [column.name for column in view.features], example, registry, around),
    }


def describe_feature(name: str, registry: Registry, around: Surroundings) -> dict[str, Any]:
    """One feature of a view."""
    item = parse_reference(name)
    view = find_view(registry.views, item.view, item.version)
    by_name = {column.name: column for column in view.features}
    feature = (item.features or ("*",))[0]
    if feature not in by_name:
        raise UnknownNameError(f"feature of {view.reference_name}", feature, by_name)
    column = by_name[feature]
    example = around.example(view)
    return {
        "type": "feature",
        "name": _reference(view, column),
        "description": column.description,
        "data_type": column.data_type,
        "default": view.defaults.get(feature),
        "view": view.reference_name,
        "entity": view.entity,
        "join_keys": [f"{key.name} {key.data_type}" for key in view.join_keys],
        "ttl_seconds": view.ttl_seconds,
        "owner": view.owner,
        "online": view.online,
        "deprecation_date": view.deprecation_date,
        "warn_after_seconds": view.freshness.warn_after_seconds,
        "error_after_seconds": view.freshness.error_after_seconds,
        **_last_build(view, around),
        "file": view.path,
        "sources": around.sources(view, feature),
        "sources_problem": _lineage_problem(view),
        "used_by": _users(registry, view, feature),
        **({"example": example.values[feature]} if example and example.values else {}),
        **_shown_example(example),
        "python": look_up([_reference(view, column)], *_asked(view, example, around)),
        "sql": newest_rows(view, registry.adapter_type, [feature]),
        **_training(view, [feature], example, registry, around),
    }


def describe_training_set(training_set: TrainingSet, registry: Registry) -> dict[str, Any]:
    """A training set, its features in output order."""
    return {
        "type": "training set",
        "name": training_set.name,
        "description": training_set.description,
        "spine": [unique_id.split(".", 2)[-1] for unique_id in training_set.spines],
        "event_timestamp": training_set.event_timestamp,
        "known_at_cutoff": training_set.known_at_cutoff,
        "owner": training_set.owner,
        "access": training_set.access,
        "tags": list(training_set.tags),
        "relation": str(training_set.relation),
        "file": training_set.path,
        "used_by": [
            f"service {service.name}" for service in registry.services if service.training_set == training_set.name
        ],
        "features": _pinned(training_set.features, registry),
        "sql": some_rows(training_set.relation, registry.adapter_type),
    }


def describe_service(service: FeatureService, registry: Registry, around: Surroundings) -> dict[str, Any]:
    """A feature service, its features in order."""
    keys: dict[str, Column] = {}
    for feature in service.features:
        view = find_view(registry.views, feature.view, feature.version)
        keys |= {feature.join_keys.get(column.name, column.name): column for column in view.join_keys}
    training_set = next((each for each in registry.training_sets if each.name == service.training_set), None)
    if training_set is None:
        spine = one_row(keys, {}, registry.adapter_type)
    else:
        spine = rows_of(training_set, list(keys), registry.adapter_type)
    return {
        "type": "feature service",
        "name": service.name,
        "description": service.description,
        "training_set": service.training_set,
        "owner": service.owner,
        "join_keys": [f"{name} {column.data_type}" for name, column in keys.items()],
        "tags": list(service.tags),
        "file": service.path,
        "features": _pinned(service.features, registry),
        "python": look_up(service.name, keys, around.environment()),
        "sql": some_rows(training_set.relation, registry.adapter_type) if training_set else None,
        "training_python": in_python(service.name, spine, around.project_arguments()),
    }


def describe_entity(entity: Entity, registry: Registry) -> dict[str, Any]:
    """An entity, its views as rows."""
    return {
        "type": "entity",
        "name": entity.name,
        "join_keys": [" + ".join(keys) for keys in entity.join_keys],
        "views": [
            {
                "name": view.reference_name,
                "features": [column.name for column in view.features],
                "description": view.description,
            }
            for view in registry.views
            if view.entity == entity.name
        ],
    }


def node_label(unique_id: str, manifest: Manifest) -> str:
    """A parent as people name it: the model, or ``source.table``."""
    node = manifest.nodes.get(unique_id)
    return node.label if node else unique_id.split(".", 2)[-1]


def _lineage_problem(view: FeatureView) -> str | None:
    """Why no sources are shown, where none can be."""
    return None if view.compiled_code else "no compiled SQL in the manifest: run `dbt compile`"


def _last_build(view: FeatureView, around: Surroundings) -> dict[str, Any]:
    """When and how dbt's last command built it, if it did."""
    build = around.last_build(view)
    return {"built_at": build.completed_at if build else None, "build_status": build.status if build else None}


def _shown_example(example: Example | None) -> dict[str, Any]:
    """The keys and time of the newest row; nothing when nobody asked."""
    if example is None:
        return {}
    return {
        "example_of": example.keys or None,
        "example_event_timestamp": example.event_timestamp,
        "example_problem": example.problem,
    }


def _asked(
    view: FeatureView, example: Example | None, around: Surroundings
) -> tuple[dict[str, Column], dict[str, str | None], dict[str, Any]]:
    """What `look_up` says of the keys and the store."""
    keys = {column.name: column for column in view.join_keys}
    return keys, around.environment(), example.keys if example else {}


def _training(
    view: FeatureView, features: Iterable[str], example: Example | None, registry: Registry, around: Surroundings
) -> dict[str, str]:
    """Snippets of a training set with features of one view."""
    keys = {column.name: column for column in view.join_keys}
    spine = one_row(keys, example.keys if example else {}, registry.adapter_type)
    references = [f"{view.reference_name}:{feature}" for feature in features]
    group = view.owner if view.access == "private" else None
    return {
        "training_python": in_python(references, spine, around.project_arguments(), group),
        "training_sql": in_sql(references, spine),
    }


def _column(column: Column) -> dict[str, Any]:
    return {"name": column.name, "data_type": column.data_type, "description": column.description}


def _reference(view: FeatureView, column: Column) -> str:
    return f"{view.reference_name}:{column.name}"


def _pinned(features: Iterable[PinnedFeature], registry: Registry) -> list[dict[str, Any]]:
    rows = []
    for feature in features:
        view = find_view(registry.views, feature.view, feature.version)
        column = next(column for column in view.features if column.name == feature.feature)
        row = {"output_name": feature.output_name, "reference": feature.reference, "data_type": column.data_type}
        rows.append({**row, "join_keys": dict(feature.join_keys), "description": column.description})
    return rows


def _users(registry: Registry, view: FeatureView, feature: str | None = None) -> list[str]:
    """Training sets and services that take the view (or the one feature)."""

    def takes(features: Iterable[PinnedFeature]) -> bool:
        return any(
            (pinned.view, pinned.version) == (view.name, view.version) and feature in (None, pinned.feature)
            for pinned in features
        )

    users = [f"training set {thing.name}" for thing in registry.training_sets if takes(thing.features)]
    return users + [f"service {thing.name}" for thing in registry.services if takes(thing.features)]
