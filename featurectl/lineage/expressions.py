"""What an expression of a query comes from: every column it names, but window partitions and orders only as influences."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

from sqlglot import exp

from featurectl.lineage.columns import Column, Relation, match, merged, spelled, union

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from featurectl.lineage.columns import ColumnRef, Refs


class Evaluate(Protocol):
    """Evaluates a query that stands inside an expression of another."""

    def __call__(self, query: exp.Expr, outer: Scope) -> Relation:
        """The query as a relation; it may name columns of the outer one."""


@dataclass(slots=True)
class Scope:
    """The names that the expressions of one select may use.

    Attributes:
        relations: Of FROM and the joins, by alias, in order.
        hidden: Aliases that `*` leaves out (of semi joins).
        optional: Aliases whose rows add none to the select's: of left and semi joins.
        using: Key columns of `join ... using`, which need no table.
        keys: Columns of both sides that such joins compare.
        aliases: Columns of the select list, for where they may be named.
        windows: Named windows.
        outer: The select around this one, for correlated subqueries.
    """

    dialect: str | None
    evaluate: Evaluate
    ctes: Mapping[str, Relation]
    outer: Scope | None = None
    relations: dict[str, Relation] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    optional: set[str] = field(default_factory=set)
    using: dict[str, Column] = field(default_factory=dict)
    keys: set[ColumnRef] = field(default_factory=set)
    aliases: dict[str, Column] = field(default_factory=dict)
    windows: dict[str, exp.Window] = field(default_factory=dict)

    @property
    def rows(self) -> Refs:
        """Whose rows the select reads."""
        return union(relation.rows for alias, relation in self.relations.items() if alias not in self.optional)

    @property
    def everything(self) -> Column:
        """All columns that the select can read, as one."""
        return merged(relation.everything for relation in self.relations.values())


def origin(expression: exp.Expr, scope: Scope) -> Column:
    """Where the values of an expression come from: of all its parts, but for the kinds that `_ORIGINS` names."""
    special = _special(expression)
    return special(expression, scope) if special else _parts(expression, scope)


def _special(expression: exp.Expr) -> Callable[[Any, Scope], Column] | None:
    return next((read for kinds, read in _ORIGINS if isinstance(expression, kinds)), None)


def all_of(expressions: list[exp.Expr], scope: Scope) -> Refs:
    """Every column that any of the expressions comes from, values and influences alike."""
    return union(origin(each, scope).all for each in expressions)


def _parts(expression: exp.Expr, scope: Scope) -> Column:
    """Of everything inside; a loop, for generated SQL adds up thousands of terms."""
    found = []
    inside = list(expression.iter_expressions())
    while inside:
        part = inside.pop()
        special = _special(part)
        if special:
            found.append(special(part, scope))
        else:
            inside += part.iter_expressions()
    return merged(found)


def _star(_: exp.Expr, scope: Scope) -> Column:
    return scope.everything


def _exists(expression: exp.Exists, scope: Scope) -> Column:
    """EXISTS tells of rows; in some dialects it is a function on lists, too."""
    if not isinstance(expression.this, exp.Query):
        return _parts(expression, scope)
    inner = scope.evaluate(expression.this, scope)
    return Column(inner.rows, inner.filters | inner.everything.influences)


def _subquery(expression: exp.Expr, scope: Scope) -> Column:
    inner = scope.evaluate(expression, scope)
    return merged([inner.everything], Column(influences=inner.filters))


def _within_group(expression: exp.WithinGroup, scope: Scope) -> Column:
    """Its order names the values: percentile_cont(0.5) within group (order by x)."""
    return merged([origin(each, scope) for each in expression.expression.expressions], _parts(expression.this, scope))


def _ordered(expression: exp.Order, scope: Scope) -> Column:
    """The order inside an aggregate: string_agg(x order by y)."""
    value = origin(expression.this, scope) if expression.this else Column()
    return Column(value.values, value.influences | all_of(expression.expressions, scope))


def _aggregated(expression: exp.AggFunc, scope: Scope) -> Column:
    """An aggregate that names no column counts rows: count(*), sum(1), row_number()."""
    if isinstance(expression.this, exp.Star):
        return Column(scope.rows)
    found = _parts(expression, scope)
    return found if found.values else Column(scope.rows, found.influences)


def _windowed(window: exp.Window, scope: Scope) -> Column:
    value = origin(window.this, scope)
    return Column(value.values or scope.rows, value.influences | _frame(window, scope))


def _frame(window: exp.Window, scope: Scope) -> Refs:
    """Columns of PARTITION BY and ORDER BY, of the window or of the named one it starts from."""
    order = window.args.get("order")
    by = [*(window.args.get("partition_by") or []), *(order.expressions if order else [])]
    refs = all_of(by, scope)
    named = window.args.get("alias") or window.args.get("first")
    base = scope.windows.get(named.name.casefold()) if isinstance(named, exp.Identifier) else None
    return refs | _frame(base, scope) if base is not None and base is not window else refs


def _named(column: exp.Column, scope: Scope) -> Column:
    """A column by its name; what no relation has may be a field of a struct, an alias, or a whole row."""
    parts = [part for part in column.parts if isinstance(part, exp.Identifier)]
    if isinstance(column.this, exp.Star):
        found = _relation(parts[-1], scope) if parts else None
        return found.everything if found else scope.everything
    return _path(parts, scope)


def _path(parts: list[exp.Identifier], scope: Scope) -> Column:
    """`a.b.c`: a column after the name of its relation, which a schema may come before, and fields after; or a column and fields."""
    pairs = pairwise(parts)
    after = [(found, name) for part, name in pairs if (found := _relation(part, scope)) is not None]
    for relation, name in after:
        known = relation.find(spelled(name, scope.dialect))
        if known is not None:
            return known
    if after:
        relation, name = after[-1]
        return relation.column(spelled(name, scope.dialect)) or Column()
    return find(parts[0], scope) or Column()


def _dotted(expression: exp.Dot, scope: Scope) -> Column:
    """`a.b.trim()` of DuckDB calls a function of a column; before a function's name elsewhere stands its schema."""
    parts = list(expression.flatten())
    if not isinstance(parts[0], exp.Identifier) or scope.dialect != "duckdb":
        return _parts(expression, scope)
    path = [part for part in parts if isinstance(part, exp.Identifier)]
    given = [each for part in parts if part not in path for each in part.iter_expressions()]
    # sqlglot leaves the names that are given to such a function bare
    columns = [_path([each], scope) if isinstance(each, exp.Identifier) else origin(each, scope) for each in given]
    return merged([_path(path, scope), *columns])


def find(identifier: exp.Identifier, scope: Scope) -> Column | None:
    """What a name without a table means in a select, or None."""
    name = spelled(identifier, scope.dialect)
    shared = match(scope.using, name)
    if shared is not None:
        return scope.using[shared]
    relations = [relation for alias, relation in scope.relations.items() if alias not in scope.hidden]
    known = [column for relation in relations if (column := relation.find(name)) is not None]
    if known:
        return merged(known)
    # Where columns are unknown each such relation may have it; but an alias of this select is surely there.
    alias = match(scope.aliases, name)
    if alias is not None:
        return scope.aliases[alias]
    possible = [relation.rest(name) for relation in relations if relation.rest]
    if possible:
        return merged(possible)
    whole = _relation(identifier, scope)
    if whole is not None:
        return whole.everything
    return find(identifier, scope.outer) if scope.outer else None


def _relation(identifier: exp.Identifier, scope: Scope) -> Relation | None:
    alias = match(scope.relations, spelled(identifier, scope.dialect))
    if alias is not None:
        return scope.relations[alias]
    return _relation(identifier, scope.outer) if scope.outer else None


_ORIGINS: tuple[tuple[Any, Callable[[Any, Scope], Column]], ...] = (
    (exp.Column, _named),
    (exp.Dot, _dotted),
    ((exp.Star, exp.Columns), _star),
    (exp.Exists, _exists),
    (exp.Query, _subquery),
    (exp.Window, _windowed),
    (exp.WithinGroup, _within_group),
    (exp.Order, _ordered),
    (exp.AggFunc, _aggregated),
)
