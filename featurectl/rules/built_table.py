"""A built training set ends in its features; where it does not, its spine may have had one of their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from featurectl.rules.finding import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from featurectl.manifest import Manifest
    from featurectl.registry import PinnedFeature, Registry, TrainingSet
    from featurectl.rules.finding import Finding


def check_built_tables(manifest: Manifest, registry: Registry, built: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Compare training sets with their tables; one that is not built (or not catalogued) has no finding.

    Engines that rename the second of two columns with one name (DuckDB) say nothing, and a spine without a contract
    tells its columns to nobody before: the table is the first place to see it.

    Args:
        built: Columns in the table's order, by unique id.
    """
    findings: list[Finding] = []
    for training_set in registry.training_sets:
        columns = [name.lower() for name in built.get(training_set.unique_id, ())]
        expected = [feature.output_name.lower() for feature in training_set.features]
        if not columns or columns[-len(expected) :] == expected:
            continue
        place = Place.of(manifest.nodes[training_set.unique_id])
        clashing = [
            (feature, renamed) for feature in training_set.features if (renamed := _renamed(feature, columns, expected))
        ]
        for feature, renamed in clashing:
            _report_clash(place, manifest, training_set, feature, renamed)
        if not clashing:
            place.warn(
                "built-table",
                f"built table: expected its last columns to be the {len(expected)} features in order, "
                f"got {', '.join(columns[-len(expected) :])}",
                "Has the model changed since? Run `dbt build`, then `dbt docs generate`. Let nothing follow the macro's call.",
            )
        findings += place.findings
    return findings


def _renamed(feature: PinnedFeature, columns: Sequence[str], expected: Sequence[str]) -> str | None:
    """The name that the engine gave to the feature besides the spine's column, e.g. ``f_1`` beside ``f``."""
    name = feature.output_name.lower()
    if name not in columns:
        return None
    pattern = re.compile(re.escape(name) + r"_\d+")
    return next((column for column in columns if pattern.fullmatch(column) and column not in expected), None)


def _report_clash(
    place: Place, manifest: Manifest, training_set: TrainingSet, feature: PinnedFeature, renamed: str
) -> None:
    names = [manifest.nodes[parent].name for parent in training_set.spines if parent in manifest.nodes]
    spine = f"the spine {', '.join(names)}" if names else "the spine"
    place.error(
        "built-name-clash",
        f"built table: expected output columns that {spine} does not have, got {feature.output_name!r} of "
        f"{feature.reference}, built as {renamed!r}",
        f"Give the item a prefix: {{view: {feature.view}, features: [{feature.feature}], prefix: {feature.view}__}}; "
        "then run `dbt build` and `dbt docs generate`.",
    )
