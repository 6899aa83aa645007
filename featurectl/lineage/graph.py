"""The column graph of a manifest: edges between columns, of only those nodes that a question needs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from featurectl.lineage.columns import ALL, NOTHING, ROWS, Column, ColumnRef, Relation, match
from featurectl.lineage.nodes import NodeLineage, leaf, read_node
from featurectl.lineage.pinned import declared_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from featurectl.lineage.columns import Refs
    from featurectl.manifest import Manifest, Node
    from featurectl.registry import Registry


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One column comes from another.

    Attributes:
        is_filter: The upstream column only decides which rows count: a join key, a filter, a window's partition or order.
    """

    upstream: ColumnRef
    downstream: ColumnRef
    is_filter: bool = False


class ColumnGraph:
    """Which columns come from which; a node's SQL is parsed when first asked about.

    Args:
        manifest: With compiled SQL; a node without is opaque.
        registry: Its feature views, training sets and services.
        built: Columns of built relations by unique id, from dbt's catalog, where there is one.
    """

    def __init__(
        self, manifest: Manifest, registry: Registry, built: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        self.manifest = manifest
        self.registry = registry
        self._built = built or {}
        self._read: dict[str, NodeLineage] = {}
        self._seen: dict[str, Relation] = {}
        self._uses: dict[str, Mapping[ColumnRef, set[tuple[str, bool]]]] = {}
        self._nodes = {**manifest.nodes, **manifest.sources}
        self.view_ids = {view.unique_id for view in registry.views}
        self.training_set_ids = {training_set.unique_id for training_set in registry.training_sets}
        self.features = {(view.unique_id, column.name): None for view in registry.views for column in view.features}
        self._declared = declared_columns(registry)

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        children: defaultdict[str, list[str]] = defaultdict(list)
        for node in self.manifest.nodes.values():
            if node.resource_type in ("model", "snapshot"):
                for parent in dict.fromkeys(node.depends_on.nodes):
                    children[parent].append(node.unique_id)
        for service in self.registry.services:
            taken = self._declared[service.unique_id].values()
            for parent in sorted({ref.node for column in taken for ref in column.values}):
                children[parent].append(service.unique_id)
        return children

    def columns_of(self, unique_id: str) -> tuple[str, ...]:
        """The known columns of a node or service, in order; those of a source may not be all."""
        if unique_id in self.manifest.exposures:
            return tuple(self._declared.get(unique_id, ()))
        return tuple(self.seen_as(unique_id).columns)

    def met_columns(self, unique_id: str) -> tuple[str, ...]:
        """The known columns, and those that children read where they may not be all."""
        known = self.columns_of(unique_id)
        if unique_id not in self._nodes or not self.seen_as(unique_id).rest:
            return known
        read = (ref for child in self._children.get(unique_id, ()) for ref in self._uses_of(child))
        more = {ref.column for ref in read if ref.node == unique_id} - {ALL, ROWS, *known}
        return (*known, *sorted(more))

    @property
    def parsed(self) -> list[str]:
        """Unique ids of the nodes whose SQL has been read so far."""
        return [unique_id for unique_id, node in self._nodes.items() if unique_id in self._read and node.compiled_code]

    def refs_of(self, unique_id: str) -> list[ColumnRef]:
        """Everything the graph tells of a node: its columns met, all of them as one, and its rows; of a service its columns."""
        whole = () if unique_id in self.manifest.exposures else (ALL, ROWS)
        return [ColumnRef(unique_id, name) for name in (*self.met_columns(unique_id), *whole)]

    def opaque(self, ref: ColumnRef) -> str | None:
        """Why no SQL tells what a column comes from; None where it does, and where the registry or nothing at all does."""
        if ref.node not in self._nodes or ref.column in self._declared.get(ref.node, {}):
            return None
        return self._lineage(ref.node).opaque

    def is_origin(self, ref: ColumnRef) -> bool:
        """Whether lineage begins there: in a source, a seed, a table that is no node, or an opaque node."""
        if ref.node in self.manifest.exposures:
            return False
        node = self._nodes.get(ref.node)
        return node is None or node.resource_type in ("source", "seed") or self.opaque(ref) is not None

    def column(self, unique_id: str, name: str) -> ColumnRef | None:
        """The node's column of that name, as the node spells it; None where there is none."""
        if unique_id in self.manifest.exposures:
            found = match(self._declared.get(unique_id, {}), name)
            return None if found is None else ColumnRef(unique_id, found)
        column = self.seen_as(unique_id).column(name)
        return None if column is None else next(iter(column.values))

    def upstream(self, ref: ColumnRef) -> list[Edge]:
        """Edges from the columns that a column comes from, values first."""
        values, influences = self._origin(ref)
        edges = [Edge(parent, ref) for parent in sorted(values - {ref})]
        return edges + [Edge(parent, ref, is_filter=True) for parent in sorted(influences - values - {ref})]

    def downstream(self, ref: ColumnRef) -> list[Edge]:
        """Edges to the columns that come from a column; the exact inverse of `upstream`."""
        edges = []
        if ref.column not in (ALL, ROWS) and ref.node in self._nodes:
            edges.append(Edge(ref, ColumnRef(ref.node, ALL)))
        for child in self._children.get(ref.node, ()):
            for name, is_filter in sorted(self._uses_of(child).get(ref, ())):
                edges.append(Edge(ref, ColumnRef(child, name), is_filter))
            edges += self._passed_on(ref, child)
        return list(dict.fromkeys(edges))

    def _passed_on(self, ref: ColumnRef, child: str) -> Iterable[Edge]:
        """The same name in a child that takes `*` of unknown columns."""
        if child not in self._nodes or ref.column in (ALL, ROWS):
            return
        relation = self._lineage(child).relation
        if relation.rest and match(self.seen_as(child).columns, ref.column) is None:
            origin = relation.rest(ref.column)
            if ref in origin.values | origin.influences:
                yield Edge(ref, ColumnRef(child, ref.column), ref not in origin.values)

    def _origin(self, ref: ColumnRef) -> tuple[Refs, Refs]:
        declared = self._declared.get(ref.node, {}).get(ref.column)
        if declared is not None:
            return declared.values, declared.influences
        if ref.node not in self._nodes:
            return NOTHING, NOTHING
        lineage = self._lineage(ref.node)
        if ref.column == ROWS:
            return lineage.relation.rows, lineage.relation.filters
        if ref.column == ALL:
            members = frozenset(ColumnRef(ref.node, name) for name in self.met_columns(ref.node))
            return members | lineage.relation.whole, NOTHING
        column = lineage.relation.column(ref.column) or Column()
        named = frozenset(value for value in column.values if value.column != ROWS)
        # A quotient of a sum by count(*) comes from the column; rows are told where there is nothing else to tell.
        return named or column.values, column.influences | (lineage.relation.filters if column.values else NOTHING)

    def _uses_of(self, unique_id: str) -> Mapping[ColumnRef, set[tuple[str, bool]]]:
        """For every column that a node takes: the node's columns it goes into, and whether as a filter."""
        if unique_id not in self._uses:
            uses: defaultdict[ColumnRef, set[tuple[str, bool]]] = defaultdict(set)
            for mine in self.refs_of(unique_id):
                values, influences = self._origin(mine)
                for ref in values:
                    uses[ref].add((mine.column, False))
                for ref in influences - values:
                    uses[ref].add((mine.column, True))
            self._uses[unique_id] = uses
        return self._uses[unique_id]

    def _lineage(self, unique_id: str) -> NodeLineage:
        if unique_id not in self._read:
            for ancestor in self._unread_ancestors(unique_id):
                self._read_one(ancestor)
            self._read_one(unique_id)
        return self._read[unique_id]

    def _read_one(self, unique_id: str) -> None:
        if unique_id not in self._read:
            self._read[unique_id] = NodeLineage()  # a node that reads itself in a circle finds nothing
            self._read[unique_id] = read_node(self._nodes[unique_id], self.manifest, self.seen_as)

    def _unread_ancestors(self, unique_id: str) -> list[str]:
        """Those whose columns only their SQL tells, parents first: read in this order, no chain of models is too long."""
        order: list[str] = []
        visited = {unique_id}
        stack = [(unique_id, False)]
        while stack:
            current, is_left = stack.pop()
            if is_left:
                order.append(current)
                continue
            stack.append((current, True))
            parents = [parent for parent in self._nodes[current].depends_on.nodes if parent in self._nodes]
            for parent in parents:
                if parent not in visited and parent not in self._read and self._told(self._nodes[parent]) is None:
                    visited.add(parent)
                    stack.append((parent, False))
        return order[:-1]

    def seen_as(self, unique_id: str) -> Relation:
        """The node as its children see it: its own columns, all of them where that is known."""
        if unique_id not in self._seen:
            self._seen[unique_id] = self._as_leaf(unique_id)
        return self._seen[unique_id]

    def _as_leaf(self, unique_id: str) -> Relation:
        node = self._nodes.get(unique_id)
        if node is None:
            return leaf(unique_id, (), is_complete=False)
        names, is_complete = self._names(node)
        more = (name for name in self._declared.get(unique_id, ()) if match(names, name) is None)
        return leaf(unique_id, (*names, *more), is_complete=is_complete)

    def _names(self, node: Node) -> tuple[tuple[str, ...], bool]:
        """The columns of a node, and whether these are all."""
        told = self._told(node)
        if told is not None:
            return told, True
        described = tuple(column.name for column in node.columns.values())
        relation = self._lineage(node.unique_id).relation
        if relation.rest is None and relation.columns:
            return tuple(relation.columns), True
        return (*relation.columns, *(name for name in described if match(relation.columns, name) is None)), False

    def _told(self, node: Node) -> tuple[str, ...] | None:
        """All columns of a node by its contract or dbt's catalog, where there is one."""
        described = tuple(column.name for column in node.columns.values())
        if node.config.contract and node.config.contract.enforced and described:
            return described
        return self._built.get(node.unique_id)
