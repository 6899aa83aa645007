"""A contract for a training set, as YAML to paste into its properties file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from featurectl.errors import UnknownNameError
from featurectl.references import find_view

if TYPE_CHECKING:
    from featurectl.manifest import Manifest
    from featurectl.registry import Column, Registry, TrainingSet


def contract_yaml(name: str, registry: Registry, manifest: Manifest) -> str:
    """The model's name, an enforced contract, and every column with its type.

    Types of spine columns come from the training set's own YAML or the spine's; where neither says them, a comment asks.

    Raises:
        UnknownNameError: There is no such training set.
    """
    found = [training_set for training_set in registry.training_sets if training_set.name == name]
    if not found:
        raise UnknownNameError("training set", name, [training_set.name for training_set in registry.training_sets])
    training_set = found[0]
    lines = ["models:", f"  - name: {name}", "    config:", "      contract: {enforced: true}", "    columns:"]
    spine = _spine_columns(training_set, manifest)
    if not spine:
        lines.append("      # here the spine's columns, in order: no contract or columns of its own say their types")
    lines += [_column_line(*column) for column in spine]
    lines += [_column_line(output_name, data_type) for output_name, data_type in _features(training_set, registry)]
    return "\n".join(lines)


def _column_line(name: str, data_type: str) -> str:
    return f"      - {{name: {name}, data_type: {json.dumps(data_type)}}}"


def _features(training_set: TrainingSet, registry: Registry) -> list[tuple[str, str]]:
    columns = []
    for feature in training_set.features:
        view = find_view(registry.views, feature.view, feature.version)
        types = {column.name: column.data_type for column in view.features}
        columns.append((feature.output_name, types[feature.feature]))
    return columns


def _spine_columns(training_set: TrainingSet, manifest: Manifest) -> list[tuple[str, str]]:
    outputs = {feature.output_name for feature in training_set.features}
    own = [column for column in training_set.columns if column.name not in outputs]
    if own and _typed(own):
        return [(column.name, column.data_type) for column in own]
    if len(training_set.spines) != 1:
        return []
    spine = manifest.nodes.get(training_set.spines[0]) or manifest.sources.get(training_set.spines[0])
    columns = list(spine.columns.values()) if spine else []
    return [(column.name, column.data_type or "") for column in columns] if all(c.data_type for c in columns) else []


def _typed(columns: list[Column]) -> bool:
    return all(column.data_type for column in columns)
