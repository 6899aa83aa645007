"""How an item of FROM changes the relation behind it: column aliases, pivots, functions that make tables of columns."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.lineage.columns import Column, Relation, spelled
from featurectl.lineage.expressions import origin

if TYPE_CHECKING:
    from featurectl.lineage.expressions import Scope


def renamed(source: exp.Expr, relation: Relation, dialect: str | None) -> Relation:
    """With the names of `as alias(a, b)` for the first columns."""
    alias = source.args.get("alias")
    if not isinstance(alias, exp.TableAlias):
        return relation
    names = [spelled(each, dialect) for each in alias.args.get("columns") or [] if isinstance(each, exp.Identifier)]
    if isinstance(source, exp.Unnest) and not names and alias.this is not None:
        names = [spelled(alias.this, dialect)]  # unnest(xs) as x: its one column is x too
    if not names:
        return relation
    if relation.rest is not None and not relation.columns:
        return replace(relation, columns={name: relation.rest(name) for name in names})
    columns: dict[str, Column] = {}
    for name, known in zip_longest(names, relation.columns.items()):
        if known is not None:
            columns[name or known[0]] = known[1]
    return replace(relation, columns=columns)


def reshaped(source: exp.Expr, relation: Relation, dialect: str | None) -> Relation:
    """With its column aliases, and pivoted: a pivot's new columns come from all columns there were."""
    relation = renamed(source, relation, dialect)
    pivots = source.args.get("pivots")
    if not pivots:
        return relation
    everything = relation.everything
    consumed = {column.name.casefold() for pivot in pivots for column in pivot.find_all(exp.Column)}
    kept = {name: column for name, column in relation.columns.items() if name.casefold() not in consumed}
    made = {name.name: everything for pivot in pivots for name in pivot.args.get("columns") or []}
    pivoted = replace(relation, columns={**kept, **made}, rest=lambda _: everything, whole=everything.values)
    if relation.rest is not None and pivots[-1].alias_column_names:
        # Which columns stay is not known, so neither is which of them a name in brackets is.
        pivoted = replace(pivoted, columns={})
    return renamed(pivots[-1], pivoted, dialect)


def alias_of(source: exp.Expr) -> exp.Identifier | None:
    """The name by which a query refers to an item of FROM: its own, or after a pivot that of the pivot."""
    for named in (*(source.args.get("pivots") or [])[::-1], source):
        alias = named.args.get("alias")
        if isinstance(alias, exp.TableAlias) and isinstance(alias.this, exp.Identifier):
            return alias.this
    return source.this if isinstance(source.this, exp.Identifier) else None


def through(function: exp.Expr, scope: Scope) -> Relation:
    """A table function: every column it gives comes from the columns in its arguments."""
    column = (
        origin(function, scope) if not isinstance(function, (exp.Lateral, exp.Unnest)) else _arguments(function, scope)
    )
    return Relation(rest=lambda _: column, whole=column.values)


def _arguments(function: exp.Expr, scope: Scope) -> Column:
    inside = [function.this] if isinstance(function, exp.Lateral) else function.expressions
    found = [origin(each, scope) for each in inside]
    return Column(
        frozenset().union(*(column.values for column in found)),
        frozenset().union(*(column.influences for column in found)),
    )
