"""What the columns of a query come from: CTEs, joins, unions, subqueries, stars, laterals, whatever tables it reads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.lineage.columns import NOTHING, Column, Relation, merged, spelled, union
from featurectl.lineage.expressions import Scope, all_of
from featurectl.lineage.set_operations import combined
from featurectl.lineage.stars import projected
from featurectl.lineage.tables import alias_of, renamed, reshaped, through

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from featurectl.lineage.columns import Refs

# Engines in which an expression of the select list may name an alias on its left.
LATERAL_ALIASES = {"clickhouse", "databricks", "duckdb", "redshift", "snowflake", "spark", "sqlite", "teradata"}
_ROUNDS = 20  # of a recursive CTE; each carries an origin one column further
_OUTSIDE_STAR = {"SEMI", "ANTI"}
_NO_ROWS = {"LEFT", "SEMI", "ANTI"}


@dataclass(frozen=True, slots=True)
class Queries:
    """Evaluates the queries of one model.

    Attributes:
        dialect: sqlglot's name of the SQL dialect, or None.
        read_table: What a table that is no CTE gives; None for a table function that reads nothing known.
        read_cte: What stands for a CTE of that name from outside (an ephemeral model's), or None.
    """

    dialect: str | None
    read_table: Callable[[exp.Table], Relation | None]
    read_cte: Callable[[str], Relation | None] = field(default=lambda _: None)

    def evaluate(self, query: exp.Expr, outer: Scope | None = None) -> Relation:
        """A query, or one in brackets, as a relation."""
        return self._evaluate(query, outer.ctes if outer else {}, outer)

    def _evaluate(self, query: exp.Expr, ctes: Mapping[str, Relation], outer: Scope | None) -> Relation:
        ctes = self._with(query, ctes, outer)
        if isinstance(query, exp.SetOperation):
            return self._set_operation(query, ctes, outer)
        if isinstance(query, exp.Select):
            return self._select(query, ctes, outer)
        if isinstance(query, exp.Subquery):
            inside = query.this
            if not isinstance(inside, exp.Query):  # brackets around a table or a join
                inside = exp.select("*").from_(inside)
            inner = self._evaluate(inside, ctes, outer)
            return reshaped(query, inner, self.dialect)
        if isinstance(query, exp.Values):
            return _values(query, self.dialect)
        return self._opaque(query, self._scope(ctes, outer))

    def _scope(self, ctes: Mapping[str, Relation], outer: Scope | None) -> Scope:
        return Scope(self.dialect, self.evaluate, ctes, outer)

    def _opaque(self, query: exp.Expr, scope: Scope) -> Relation:
        """A construct that is not taken apart: each of its columns comes from all columns of the tables inside."""
        tables = [self._source(table, scope) for table in query.find_all(exp.Table)]
        everything = merged(table.everything for table in tables)
        rows = union(table.rows for table in tables)
        return Relation(rows=rows, rest=lambda _: everything, whole=everything.values)

    def _with(self, query: exp.Expr, ctes: Mapping[str, Relation], outer: Scope | None) -> Mapping[str, Relation]:
        clause = query.args.get("with_") or query.args.get("with")
        if clause is None:
            return ctes
        known = dict(ctes)
        for cte in clause.expressions:
            name = cte.alias.casefold()
            given = self.read_cte(cte.alias)
            if given is not None:
                known[name] = given
            elif clause.recursive and any(table.name.casefold() == name for table in cte.find_all(exp.Table)):
                known[name] = self._recursive(cte, known, outer)
            else:
                known[name] = renamed(cte, self._evaluate(cte.this, known, outer), self.dialect)
        return known

    def _recursive(self, cte: exp.CTE, ctes: Mapping[str, Relation], outer: Scope | None) -> Relation:
        """Evaluated on its own result until that no longer grows."""
        seed = cte.this.this if isinstance(cte.this, exp.SetOperation) else cte.this
        found = renamed(cte, self._evaluate(seed, ctes, outer), self.dialect)
        for _ in range(_ROUNDS):
            grown = renamed(cte, self._evaluate(cte.this, {**ctes, cte.alias.casefold(): found}, outer), self.dialect)
            if (grown.columns, grown.rows, grown.filters) == (found.columns, found.rows, found.filters):
                break
            found = grown
        return found

    def _set_operation(self, query: exp.SetOperation, ctes: Mapping[str, Relation], outer: Scope | None) -> Relation:
        """From the first branch on; a loop, for generated SQL stacks hundreds."""
        operations = [query]
        first = query.this
        while isinstance(first, exp.SetOperation) and not (first.args.get("with_") or first.args.get("with")):
            operations.append(first)
            first = first.this
        found = self._evaluate(first, ctes, outer)
        for operation in reversed(operations):
            found = combined(operation, found, self._evaluate(operation.expression, ctes, outer))
        return found

    def _select(self, select: exp.Select, ctes: Mapping[str, Relation], outer: Scope | None) -> Relation:
        scope = self._scope(ctes, outer)
        scope.windows = {window.name.casefold(): window for window in select.args.get("windows") or []}
        conditions = self._from(select, scope)
        output = projected(select, scope, lateral_aliases=self.dialect in LATERAL_ALIASES)
        scope.aliases = dict(output.columns)
        for clause in ("where", "having", "qualify"):
            conditions += [select.args[clause].this] if select.args.get(clause) else []
        conditions += _grouped(select) + _limited(select) + _distinct_on(select)
        filters = union(relation.filters for relation in scope.relations.values()) | all_of(conditions, scope)
        return replace(output, filters=filters | scope.keys)

    def _from(self, select: exp.Select, scope: Scope) -> list[exp.Expr]:
        """Put the relations of FROM and the joins in scope; their ON conditions."""
        clause = select.args.get("from_") or select.args.get("from")
        conditions = self._add(clause.this, scope) if clause else []
        for lateral in select.args.get("laterals") or []:
            conditions += self._add(lateral, scope)
        for join in select.args.get("joins") or []:
            conditions += self._join(join, scope)
        return conditions

    def _join(self, join: exp.Join, scope: Scope) -> list[exp.Expr]:
        """Put a joined relation in scope; the conditions that decide which rows there are."""
        before = list(scope.relations.values())
        conditions = self._add(join.this, scope)
        alias, added = next(reversed(scope.relations.items()))
        if _OUTSIDE_STAR & {join.kind, join.side}:
            scope.hidden.add(alias)
        if _NO_ROWS & {join.kind, join.side}:
            scope.optional.add(alias)
        compared = self._using(join, scope, before, added)
        if join.args.get("on") is not None:
            conditions.append(join.args["on"])
        if join.side != "LEFT" or join.kind in _OUTSIDE_STAR:
            scope.keys |= compared
            return conditions
        # A left join leaves the rows before it as they are: what it compares only decides what it adds.
        scope.relations[alias] = added.influenced(compared | all_of(conditions, scope))
        return []

    def _using(self, join: exp.Join, scope: Scope, before: list[Relation], added: Relation) -> Refs:
        """Put the keys of USING or NATURAL in scope; the columns of both sides that they compare."""
        keys = [spelled(key, scope.dialect) for key in join.args.get("using") or [] if isinstance(key, exp.Identifier)]
        if join.method == "NATURAL":
            keys = [name for name in added.columns if any(relation.find(name) for relation in before)]
        compared = NOTHING
        for name in keys:
            left = scope.using.get(name) or _first(before, name)
            right = added.column(name) or Column()
            compared |= left.all | right.all
            scope.using[name] = {"RIGHT": right, "FULL": merged([left, right])}.get(join.side, left)
        return compared

    def _add(self, source: exp.Expr, scope: Scope) -> list[exp.Expr]:
        """Put one relation in scope, with what is joined to it in brackets."""
        if isinstance(source, exp.Final):  # ClickHouse: from orders final
            source = source.this
        if isinstance(source, exp.Subquery) and not source.alias and not isinstance(source.this, exp.Query):
            return self._add(source.this, scope)
        alias = source.alias_or_name or f"({len(scope.relations)})"
        identifier = alias_of(source)
        if identifier is not None:
            alias = spelled(identifier, scope.dialect)
        scope.relations[alias] = self._source(source, scope)
        conditions: list[exp.Expr] = []
        for join in source.args.get("joins") or []:
            conditions += self._join(join, scope)
        return conditions

    def _source(self, source: exp.Expr, scope: Scope) -> Relation:
        """What one item of FROM gives."""
        if isinstance(source, exp.Table):
            is_name = isinstance(source.this, exp.Identifier)
            cte = scope.ctes.get(source.name.casefold()) if is_name and not source.db else None
            found = cte or self.read_table(source)
            return reshaped(source, found or through(source.this, scope), self.dialect)
        if isinstance(source, exp.Lateral) and isinstance(source.this, exp.Subquery):
            return renamed(source, self.evaluate(source.this, scope), self.dialect)
        if isinstance(source, (exp.Lateral, exp.Unnest)):
            return renamed(source, through(source, scope), self.dialect)
        return self._evaluate(source, scope.ctes, scope)


def _first(relations: list[Relation], name: str) -> Column:
    """The column of the first relation that has it, else what it may be in those of unknown columns."""
    known = [found for relation in relations if (found := relation.find(name)) is not None]
    return known[0] if known else merged(relation.rest(name) for relation in relations if relation.rest)


def _values(values: exp.Values, dialect: str | None) -> Relation:
    width = max((len(row.expressions) for row in values.expressions), default=0)
    return renamed(values, Relation({f"col{index}": Column() for index in range(width)}), dialect)


def _grouped(select: exp.Select) -> list[exp.Expr]:
    """The expressions of GROUP BY; a number means the one at that place of the select list."""
    group = select.args.get("group")
    if group is None:
        return []
    keys = list(group.iter_expressions())
    if group.args.get("all"):
        keys += [each for each in select.expressions if not each.find(exp.AggFunc, exp.Star)]
    places = {str(place): each for place, each in enumerate(select.expressions, start=1)}
    return [places.get(key.name, key) if isinstance(key, exp.Literal) else key for key in keys]


def _limited(select: exp.Select) -> list[exp.Expr]:
    """What a LIMIT keeps depends on the order."""
    order = select.args.get("order")
    is_limited = select.args.get("limit") or select.args.get("offset")
    return (
        [each.this for each in order.expressions if not isinstance(each.this, exp.Literal)]
        if order and is_limited
        else []
    )


def _distinct_on(select: exp.Select) -> list[exp.Expr]:
    """DISTINCT ON keeps a row a key, chosen by the order."""
    distinct = select.args.get("distinct")
    if distinct is None or distinct.args.get("on") is None:
        return []
    order = select.args.get("order")
    return [distinct.args["on"], *(each.this for each in (order.expressions if order else []))]
