"""The lineage of one node: its compiled SQL evaluated on its parents, or why that cannot be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError

from featurectl.artifacts.compiled import EPHEMERAL, UnparsedError, dialect_name, is_relation, parse_compiled
from featurectl.lineage.columns import ALL, NOTHING, ROWS, Column, ColumnRef, Relation
from featurectl.lineage.queries import Queries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from featurectl.manifest import Manifest, Node

RELATION = "relation:"  # before the name of a table that the SQL names without `ref` or `source`
NO_CODE = "no compiled SQL: run `dbt compile`"


@dataclass(frozen=True, slots=True)
class NodeLineage:
    """Where the columns of a node come from.

    Attributes:
        relation: Its columns; for an opaque one each comes from all columns of the parents.
        opaque: Why its SQL tells nothing, or None.
    """

    relation: Relation = field(default_factory=Relation)
    opaque: str | None = None


def leaf(node: str, names: Iterable[str], *, is_complete: bool) -> Relation:
    """A node as a relation of its own columns: what a query on it sees."""
    rows = frozenset({ColumnRef(node, ROWS)})
    columns = {name: _own(node, name) for name in names}
    if is_complete and columns:
        return Relation(columns, rows)
    return Relation(columns, rows, rest=lambda name: _own(node, name), whole=frozenset({ColumnRef(node, ALL)}))


def _own(node: str, name: str) -> Column:
    return Column(frozenset({ColumnRef(node, name)}))


def read_node(node: Node, manifest: Manifest, relation_of: Callable[[str], Relation]) -> NodeLineage:
    """The lineage of a model, snapshot or other node that has parents.

    Args:
        relation_of: A parent, by unique id, as its children see it.
    """
    if node.resource_type == "seed" or node.unique_id in manifest.sources:
        return NodeLineage()
    if node.language == "python":
        return _opaque(node, "a python model", relation_of)
    if not node.compiled_code:
        return _opaque(node, NO_CODE, relation_of)
    dialect = dialect_name(manifest.metadata.adapter_type)
    try:
        query = parse_compiled(node, dialect)
        relation = Queries(dialect, *_readers(node, manifest, dialect, relation_of)).evaluate(query)
    except UnparsedError as error:
        return _opaque(node, str(error).partition(f"{node.name}: ")[2], relation_of)
    except RecursionError:
        return _opaque(node, "expressions nested too deeply", relation_of)
    if node.resource_type == "snapshot":
        relation = _with_dbt_columns(relation)
    return NodeLineage(relation)


def _opaque(node: Node, reason: str, relation_of: Callable[[str], Relation]) -> NodeLineage:
    parents = [relation_of(parent) for parent in node.depends_on.nodes if not parent.startswith("macro.")]
    whole = frozenset(ref for parent in parents for ref in _whole(parent))
    rows = NOTHING.union(*(parent.rows for parent in parents))
    return NodeLineage(Relation(rows=rows, rest=lambda _: Column(whole), whole=whole), reason)


def _whole(relation: Relation) -> Iterable[ColumnRef]:
    return (ColumnRef(ref.node, ALL) for ref in relation.rows)


def _with_dbt_columns(relation: Relation) -> Relation:
    """A snapshot has columns that dbt adds; they tell of its rows."""
    added = Column(relation.rows)
    names = ("dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to")
    columns = {**relation.columns, **{name: added for name in names if relation.find(name) is None}}
    return Relation(columns, relation.rows, relation.filters, relation.rest, relation.whole)


def _readers(
    node: Node, manifest: Manifest, dialect: str | None, relation_of: Callable[[str], Relation]
) -> tuple[Callable[[exp.Table], Relation | None], Callable[[str], Relation | None]]:
    """What the node's SQL means by a table, and by a CTE that dbt put in for an ephemeral model."""
    known = {**manifest.nodes, **manifest.sources}
    parents = [known[parent] for parent in node.depends_on.nodes if parent in known]
    functions = {text: parent for parent in parents if (text := _external(parent, dialect))}

    def read_table(table: exp.Table) -> Relation | None:
        if not isinstance(table.this, exp.Identifier):
            text = table.this.sql(dialect=dialect)
            if text in functions:
                return relation_of(functions[text].unique_id)
            return None if table.find(exp.Column) or not _reads_files(table) else _foreign(text)
        if is_relation(node, table):  # an incremental model reads itself: nothing new comes of that
            return Relation(rest=lambda _: Column())
        named = [parent for parent in parents if is_relation(parent, table)]
        if named:
            return relation_of(named[0].unique_id)
        text = table.this.name if "/" in table.name or "." in table.name else ""
        return relation_of(functions[text].unique_id) if text in functions else _foreign(_dotted(table))

    def read_cte(name: str) -> Relation | None:
        if not name.startswith(EPHEMERAL):
            return None
        # One that an ephemeral parent reads in its turn stands before it and is read by it alone.
        inlined = [parent for parent in parents if name.removeprefix(EPHEMERAL) in (parent.alias, parent.name)]
        return relation_of(inlined[0].unique_id) if inlined else None

    return read_table, read_cte


def _external(source: Node, dialect: str | None) -> str | None:
    """The text in place of the source's name, where it is a file or a function (dbt-duckdb's `external_location`)."""
    meta = {**(source.meta or {}), **(source.config.meta or {})}
    location = meta.get("external_location")
    if not isinstance(location, str):
        return None
    relation = source.relation
    fields = {"name": source.name, "identifier": relation.identifier, "schema": relation.schema}
    try:
        table = exp.maybe_parse(location.format(**fields), into=exp.Table, dialect=dialect)
    except (SqlglotError, LookupError, ValueError):
        return None
    return table.name if isinstance(table.this, exp.Identifier) else table.this.sql(dialect=dialect)


def _reads_files(table: exp.Table) -> bool:
    name = table.this.name if isinstance(table.this, exp.Anonymous) else table.this.key
    return name.lower().startswith(("read", "scan", "iceberg", "delta", "postgres", "sqlite", "mysql"))


def _foreign(name: str) -> Relation:
    return leaf(f"{RELATION}{name}", (), is_complete=False)


def _dotted(table: exp.Table) -> str:
    return ".".join(part for part in (table.catalog, table.db, table.name) if part)
