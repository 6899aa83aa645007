"""Nodes and columns as people name them, and the columns a name means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.errors import UnknownNameError
from featurectl.lineage.columns import ALL, ROWS, ColumnRef
from featurectl.lineage.nodes import RELATION
from featurectl.references import find_view, parse_reference, parse_view_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from featurectl.lineage.graph import ColumnGraph
    from featurectl.manifest import Manifest

KINDS = ("feature view", "training set", "service", "source", "model", "seed", "snapshot", "table")
SPECIAL = {ALL: "all columns", ROWS: "rows"}


def node_name(unique_id: str, manifest: Manifest) -> str:
    """A node as people name it: ``raw.orders`` for a source's table, ``orders@v2`` for a version of a model."""
    if unique_id.startswith(RELATION):
        return unique_id.removeprefix(RELATION)
    if unique_id in manifest.sources:
        return unique_id.split(".", 2)[2]
    node = manifest.nodes.get(unique_id)
    if node is None:
        return manifest.exposures[unique_id].name
    return f"{node.name}@v{node.version}" if node.version is not None else node.name


def node_kind(unique_id: str, graph: ColumnGraph) -> str:
    """One of `KINDS`."""
    if unique_id.startswith(RELATION):
        return "table"
    if unique_id in graph.manifest.exposures:
        return "service"
    if unique_id in graph.view_ids:
        return "feature view"
    if unique_id in graph.training_set_ids:
        return "training set"
    return unique_id.split(".", 1)[0]


def column_name(ref: ColumnRef, graph: ColumnGraph) -> str:
    """A column as people name it: ``view:feature`` for a feature, ``node.column`` for the others."""
    name = node_name(ref.node, graph.manifest)
    if ref.column in SPECIAL:
        return f"{SPECIAL[ref.column]} of {name}"
    separator = ":" if (ref.node, ref.column) in graph.features else "."
    return f"{name}{separator}{ref.column}"


def find_columns(name: str, graph: ColumnGraph) -> list[ColumnRef]:
    """The columns that a name means: one, or all of a view (its features), training set, service, model or source table.

    Args:
        name: ``view:feature``, ``view:*``, ``view``, ``view@v2``, ``node.column``, ``node``, ``source.table`` or ``source.table.column``.

    Raises:
        ReferenceSyntaxError: It can be none of them.
        UnknownNameError: There is no such thing; the hint names near ones.
    """
    if ":" in name:
        item = parse_reference(name)
        view = find_view(graph.registry.views, item.view, item.version, item.package)
        features = [column.name for column in view.features]
        for feature in item.features or ():
            if feature not in features:
                raise UnknownNameError(f"feature of {view.reference_name}", feature, features)
        return [ColumnRef(view.unique_id, feature) for feature in item.features or features]
    nodes = _nodes(graph)
    if name in nodes:
        return _all_columns(nodes[name], graph)
    if "@" in name or any(view.name == name for view in graph.registry.views):
        view_name, version = parse_view_name(name)
        return _all_columns(find_view(graph.registry.views, view_name, version).unique_id, graph)
    node, _, column = name.rpartition(".")
    if node in nodes:
        found = graph.column(nodes[node], column)
        if found is None:
            raise UnknownNameError(f"column of {node}", column, graph.columns_of(nodes[node]))
        return [found]
    if node and _is_node_like(node, nodes):
        raise UnknownNameError("model, source or service", node, nodes)
    raise UnknownNameError("feature view, training set, service, model or source", name, nodes)


def _is_node_like(node: str, nodes: Iterable[str]) -> bool:
    return "." in node or not any(known.startswith(f"{node}.") for known in nodes)


def _nodes(graph: ColumnGraph) -> dict[str, str]:
    """Unique ids by the names that mean them; a name of several things is the first kind's."""
    manifest = graph.manifest
    ids = [
        *(view.unique_id for view in graph.registry.views),
        *graph.training_set_ids,
        *(service.unique_id for service in graph.registry.services),
        *manifest.sources,
        *(node.unique_id for node in manifest.nodes.values() if node.resource_type in KINDS),
    ]
    named: dict[str, str] = {}
    for unique_id in ids:
        named.setdefault(node_name(unique_id, manifest), unique_id)
    for node in manifest.models():  # an unpinned name means the latest version
        if node.version is not None and str(node.version) == str(node.latest_version):
            named.setdefault(node.name, node.unique_id)
    return named


def _all_columns(unique_id: str, graph: ColumnGraph) -> list[ColumnRef]:
    """A view's features; every column of another node, and its rows."""
    features = [ColumnRef(unique_id, column) for node, column in graph.features if node == unique_id]
    if features:
        return features
    columns = [ColumnRef(unique_id, column) for column in graph.met_columns(unique_id)]
    if unique_id in graph.manifest.exposures:
        return columns
    return [*(columns or [ColumnRef(unique_id, ALL)]), ColumnRef(unique_id, ROWS)]
