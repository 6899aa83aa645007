"""Columns of training sets and services that the registry declares: each is a pinned feature, whatever the SQL looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.lineage.columns import NOTHING, Column, ColumnRef

if TYPE_CHECKING:
    from collections.abc import Mapping

    from featurectl.registry import FeatureView, PinnedFeature, Registry, TrainingSet

Declared = dict[str, dict[str, Column]]  # unique id, output name


def declared_columns(registry: Registry) -> Declared:
    """The declared columns of every training set and service, in their order.

    A feature of a training set is influenced by what its point-in-time join compares: keys and times on both sides.
    A service takes its columns from its training set, or from the views where it has a list of its own.
    """
    views = {(view.name, view.version): view for view in registry.views}
    training_sets = {training_set.name: training_set for training_set in registry.training_sets}
    declared: Declared = {
        training_set.unique_id: _of_training_set(training_set, views) for training_set in registry.training_sets
    }
    for service in registry.services:
        source = training_sets.get(service.training_set or "")
        declared[service.unique_id] = {
            feature.output_name: _one(
                ColumnRef(source.unique_id, feature.output_name) if source else _ref(feature, views)
            )
            for feature in service.features
        }
    return declared


def _of_training_set(training_set: TrainingSet, views: Mapping[tuple[str, int], FeatureView]) -> dict[str, Column]:
    columns = {}
    for feature in training_set.features:
        view = views[feature.view, feature.version]
        compared = [key.name for key in view.join_keys]
        compared += [time.name for time in (view.event_timestamp, view.created_timestamp, view.tombstone) if time]
        asked = [feature.join_keys.get(key.name, key.name) for key in view.join_keys] + [training_set.event_timestamp]
        influences = {ColumnRef(view.unique_id, name) for name in compared}
        influences |= {ColumnRef(spine, name) for spine in training_set.spines for name in asked}
        columns[feature.output_name] = Column(frozenset({_ref(feature, views)}), frozenset(influences))
    return columns


def _ref(feature: PinnedFeature, views: Mapping[tuple[str, int], FeatureView]) -> ColumnRef:
    return ColumnRef(views[feature.view, feature.version].unique_id, feature.feature)


def _one(ref: ColumnRef) -> Column:
    return Column(frozenset({ref}), NOTHING)
