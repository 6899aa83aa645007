"""All columns upstream or downstream of some columns, with the edges between."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from featurectl.lineage.columns import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from featurectl.lineage.columns import ColumnRef
    from featurectl.lineage.graph import ColumnGraph, Edge

Direction = Literal["upstream", "downstream"]


@dataclass(frozen=True, slots=True)
class Trace:
    """The answer to one question.

    Attributes:
        asked: Where it begins.
        steps: For each column met, in the order of meeting: the edges onwards. Its keys are all columns of the answer.
        opaque: Nodes met whose SQL tells nothing, with the reason.
    """

    direction: Direction
    asked: tuple[ColumnRef, ...]
    steps: dict[ColumnRef, list[Edge]]
    opaque: dict[str, str]

    def onward(self, edge: Edge) -> ColumnRef:
        """The end of an edge that is farther from what was asked."""
        return edge.upstream if self.direction == "upstream" else edge.downstream


def trace(graph: ColumnGraph, asked: Sequence[ColumnRef], direction: Direction, *, with_filters: bool = False) -> Trace:
    """Follow values from column to column, and join keys, filters and windows too if asked for."""
    answer = Trace(direction, tuple(asked), {}, {})
    queue = list(asked)
    while queue:
        ref = queue.pop(0)
        if ref in answer.steps:
            continue
        edges = _upstream(graph, ref) if direction == "upstream" else _downstream(graph, ref)
        answer.steps[ref] = [edge for edge in edges if with_filters or not edge.is_filter]
        queue += [answer.onward(edge) for edge in answer.steps[ref]]
        reason = graph.opaque(ref)
        if reason:
            answer.opaque[ref.node] = reason
    return answer


def _upstream(graph: ColumnGraph, ref: ColumnRef) -> list[Edge]:
    """All columns of a node come from what each of them comes from; its members are not named one by one."""
    edges = graph.upstream(ref)
    if ref.column != ALL:
        return edges
    members = [edge.upstream for edge in edges if edge.upstream.node == ref.node]
    others = [edge for edge in edges if edge.upstream.node != ref.node]
    found = {replace(edge, downstream=ref) for member in members for edge in graph.upstream(member)}
    return sorted({*others, *found}, key=lambda edge: (edge.is_filter, edge.upstream))


def _downstream(graph: ColumnGraph, ref: ColumnRef) -> list[Edge]:
    """A column goes wherever all columns of its node go."""
    edges = []
    for edge in graph.downstream(ref):
        if edge.downstream.column == ALL and edge.downstream.node == ref.node:
            edges += [replace(onward, upstream=ref) for onward in graph.downstream(edge.downstream)]
        else:
            edges.append(edge)
    edges = [edge for edge in edges if edge.downstream.column != ALL or not graph.met_columns(edge.downstream.node)]
    return list(dict.fromkeys(edges))
