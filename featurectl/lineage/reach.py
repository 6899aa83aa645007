"""What a downstream trace reaches: features, training sets, services, each with its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from featurectl.lineage.columns import ALL, ROWS
from featurectl.lineage.names import node_kind, node_name

if TYPE_CHECKING:
    from featurectl.lineage.graph import ColumnGraph
    from featurectl.lineage.trace import Trace


@dataclass(frozen=True, slots=True)
class Reach:
    """Names of nodes to their columns that were reached, sorted; ``*`` where only the node is known.

    Attributes:
        features: By feature view.
    """

    features: dict[str, list[str]]
    training_sets: dict[str, list[str]]
    services: dict[str, list[str]]


def reached(answer: Trace, graph: ColumnGraph) -> Reach:
    """Everything met on the way, but for what was asked about."""
    kinds: dict[str, dict[str, list[str]]] = {"feature view": {}, "training set": {}, "service": {}}
    for ref in sorted(answer.steps):
        kind = node_kind(ref.node, graph)
        is_no_feature = kind == "feature view" and (ref.node, ref.column) not in graph.features and ref.column != ALL
        if ref in answer.asked or kind not in kinds or is_no_feature or ref.column == ROWS:
            continue
        kinds[kind].setdefault(node_name(ref.node, graph.manifest), []).append(ref.column)
    return Reach(kinds["feature view"], kinds["training set"], kinds["service"])
