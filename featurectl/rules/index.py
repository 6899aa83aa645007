"""On PostgreSQL a feature view that is stored declares an index by which a training set finds its winners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from featurectl.rules.finding import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from featurectl.manifest import Manifest
    from featurectl.registry import FeatureView
    from featurectl.rules.finding import Finding

ADAPTER = "postgres"
STORED = ("table", "incremental")  # a view has no rows of its own to index


def check_indexes(manifest: Manifest, views: Iterable[FeatureView]) -> list[Finding]:
    """A warning for every stored view without such an index; on other engines none."""
    if manifest.metadata.adapter_type != ADAPTER:
        return []
    findings: list[Finding] = []
    for view in views:
        node = manifest.nodes[view.unique_id]
        keys = [column.name for column in view.join_keys]
        if view.materialized not in STORED or is_indexed(node.config.indexes, keys, view.event_timestamp.name):
            continue
        place = Place.of(node)
        columns = ", ".join((*keys, view.event_timestamp.name))
        place.warn(
            "index",
            f"config.indexes: expected an index on the join keys and then the event timestamp, got {node.config.indexes!r}",
            f"Add `indexes: [{{columns: [{columns}]}}]` under `config`: else each training set sorts the whole history. "
            "An index that a hook creates is not seen.",
        )
        findings += place.findings
    return findings


def is_indexed(indexes: Any, join_keys: list[str], event_timestamp: str) -> bool:
    """Whether one of them begins with the join keys, in any order, and then the event timestamp; as the macro judges."""
    for index in indexes if isinstance(indexes, list) else []:
        columns = index.get("columns") if isinstance(index, dict) else None
        if not isinstance(columns, list):
            continue
        leading, following = columns[: len(join_keys)], columns[len(join_keys) :]
        if sorted(map(str, leading)) == sorted(join_keys) and following[:1] == [event_timestamp]:
            return True
    return False
