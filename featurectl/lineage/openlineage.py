"""Traces as OpenLineage: a JobEvent a model, with the column lineage of the relation it makes."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from featurectl.lineage.columns import ALL, ROWS, ColumnRef
from featurectl.lineage.names import node_name
from featurectl.lineage.nodes import RELATION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from featurectl.lineage.graph import ColumnGraph, Edge
    from featurectl.lineage.trace import Trace

PRODUCER = f"urn:featurectl:{version('featurectl')}"
SPEC = "https://openlineage.io/spec"
EVENT = f"{SPEC}/2-0-2/OpenLineage.json#/$defs/JobEvent"
COLUMN_LINEAGE = f"{SPEC}/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet"
SCHEMA = f"{SPEC}/facets/1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"


def to_openlineage(
    answers: Sequence[Trace], graph: ColumnGraph, namespace: str | None, *, with_filters: bool
) -> list[dict[str, Any]]:
    """Events of OpenLineage 2-0-2 for every node of the traces that has parents, in the order of the manifest.

    Args:
        namespace: Of the datasets: by the specification what locates the warehouse, e.g. ``postgres://host:5432``. The
            manifest does not know it, so the default is ``<adapter>://<project>``.
    """
    return _Events(graph, namespace, with_filters=with_filters).of(answers)


class _Events:
    def __init__(self, graph: ColumnGraph, namespace: str | None, *, with_filters: bool) -> None:
        self.graph = graph
        self.manifest = graph.manifest
        registry = graph.registry
        self.namespace = namespace or f"{registry.adapter_type or 'dbt'}://{registry.project}"
        self.with_filters = with_filters

    def of(self, answers: Sequence[Trace]) -> list[dict[str, Any]]:
        met: dict[str, dict[str, None]] = {}
        for ref in (ref for answer in answers for ref in answer.steps):
            names = self.graph.columns_of(ref.node) if ref.column == ALL and ref.node in self._known else (ref.column,)
            met.setdefault(ref.node, {}).update(dict.fromkeys(names))
        return [event for node in self._known if node in met and (event := self._event(node, met[node]))]

    @property
    def _known(self) -> dict[str, Any]:
        return {**self.manifest.nodes, **self.manifest.exposures}

    def _event(self, node: str, columns: Iterable[str]) -> dict[str, Any] | None:
        edges = {name: self._edges(ColumnRef(node, name)) for name in columns}
        parents = sorted({edge.upstream.node for found in edges.values() for edge in found})
        if not parents:
            return None
        is_service = node in self.manifest.exposures
        fields = {name: self._field(found) for name, found in edges.items() if name not in (ALL, ROWS)}
        output = self._dataset(node)
        output["facets"]["columnLineage"] = _facet(COLUMN_LINEAGE, fields)
        return {
            "eventTime": self.graph.registry.generated_at,
            "producer": PRODUCER,
            "schemaURL": EVENT,
            "job": {"namespace": self.graph.registry.project, "name": node},
            "inputs": [self._dataset(parent) for parent in parents],
            "outputs": [] if is_service else [output],
        }

    def _edges(self, ref: ColumnRef) -> list[Edge]:
        return [edge for edge in self.graph.upstream(ref) if self.with_filters or not edge.is_filter]

    def _field(self, edges: Iterable[Edge]) -> dict[str, Any]:
        """Rows have no field; all columns are those that are known."""
        inputs = []
        for edge in edges:
            node, column = edge.upstream.node, edge.upstream.column
            names = self.graph.columns_of(node) if column == ALL else () if column == ROWS else (column,)
            transformation = {"type": "INDIRECT" if edge.is_filter else "DIRECT"}
            inputs += [{**self._identity(node), "field": name, "transformations": [transformation]} for name in names]
        return {"inputFields": inputs}

    def _identity(self, node: str) -> dict[str, str]:
        found = self.manifest.nodes.get(node) or self.manifest.sources.get(node)
        name = str(found.relation) if found else node_name(node, self.manifest)
        return {"namespace": self.namespace, "name": name}

    def _dataset(self, node: str) -> dict[str, Any]:
        found = self.manifest.nodes.get(node) or self.manifest.sources.get(node)
        if found is None:
            return {**self._identity(node), "facets": {}} if node.startswith(RELATION) else {"facets": {}}
        types = {column.name: column.data_type for column in found.columns.values()}
        fields = [_column(name, types.get(name)) for name in self.graph.columns_of(node)]
        return {**self._identity(node), "facets": {"schema": _facet(SCHEMA, fields)} if fields else {}}


def _column(name: str, data_type: str | None) -> dict[str, str]:
    return {"name": name, "type": data_type} if data_type else {"name": name}


def _facet(schema_url: str, fields: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": schema_url, "fields": fields}
