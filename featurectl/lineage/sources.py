"""Where the values of a feature begin: columns of sources and seeds, or of what cannot be looked into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from featurectl.build import inspect
from featurectl.lineage.columns import ColumnRef
from featurectl.lineage.graph import ColumnGraph
from featurectl.lineage.names import column_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from featurectl.manifest import Manifest
    from featurectl.registry import FeatureView


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column where lineage begins.

    Attributes:
        unique_id: dbt unique id of its source, seed or opaque model.
        column: Its name; ``(rows)`` where rows are counted, ``*`` for all columns.
        label: For people: ``nycflights13.flights.arr_delay``, ``rows of raw.orders``.
        opaque: Why lineage ends there, before a source; None at a source or seed.
    """

    unique_id: str
    column: str
    label: str
    opaque: str | None = None

    def __str__(self) -> str:
        """The label, with the reason where lineage ends early."""
        return f"{self.label} ({self.opaque})" if self.opaque else self.label


def sources_of(manifest: Manifest, view: FeatureView, feature: str) -> list[SourceColumn]:
    """The columns that a feature's values come from, sorted; none for a constant.

    Needs compiled SQL in the manifest: without it the view itself is the answer, with the reason. Only the SQL of the
    nodes on the way is parsed. For many features of one project make one `ColumnGraph` and call `sources_in`.
    """
    return sources_in(ColumnGraph(manifest, inspect(manifest)[0]), [ColumnRef(view.unique_id, feature)])


def sources_in(graph: ColumnGraph, refs: Sequence[ColumnRef]) -> list[SourceColumn]:
    """Where the values of any of the columns begin, sorted."""
    ends: dict[ColumnRef, SourceColumn] = {}
    seen = set(refs)
    queue = list(refs)
    while queue:
        ref = queue.pop()
        if graph.is_origin(ref):
            ends[ref] = SourceColumn(ref.node, ref.column, column_name(ref, graph), graph.opaque(ref))
            continue
        new = {edge.upstream for edge in graph.upstream(ref) if not edge.is_filter} - seen
        seen |= new
        queue += sorted(new)
    return [ends[ref] for ref in sorted(ends)]
