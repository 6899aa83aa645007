"""The select list of a query: each expression as a column, `*` as the columns it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.lineage.columns import Column, Relation, match, merged, spelled, union
from featurectl.lineage.expressions import origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from featurectl.lineage.columns import Rest
    from featurectl.lineage.expressions import Scope


def projected(select: exp.Select, scope: Scope, *, lateral_aliases: bool) -> Relation:
    """The columns of a select, in order.

    Args:
        lateral_aliases: An expression may name an alias on its left.
    """
    columns: dict[str, Column] = {}
    opened: list[Relation] = []
    unnamed: list[Column] = []
    for place, expression in enumerate(select.expressions, start=1):
        star = _star(expression)
        if star is None:
            column = origin(expression, scope)
            names = _names_given(expression, scope)
            if not names:  # the engine makes up a name, or several: what else is asked for may be it
                unnamed.append(column)
            columns |= dict.fromkeys(names or [f"({place})"], column)
            if lateral_aliases and isinstance(expression, exp.Alias):
                scope.aliases |= dict.fromkeys(names, column)
            continue
        expanded = _expanded(expression, star, scope)
        columns |= {name: column for name, column in expanded.columns.items() if name not in columns}
        opened += [expanded] if expanded.rest else []
    rests = [relation.rest for relation in opened if relation.rest]
    rest: Rest | None = (lambda name: merged([*unnamed, *(each(name) for each in rests)])) if rests or unnamed else None
    return Relation(columns, scope.rows, rest=rest, whole=union(relation.whole for relation in opened))


def _star(expression: exp.Expr) -> exp.Star | None:
    if isinstance(expression, exp.Columns) and isinstance(expression.this, exp.Star):
        return expression.this
    if isinstance(expression, exp.Column) and isinstance(expression.this, exp.Star):
        return expression.this
    return expression if isinstance(expression, exp.Star) else None


def _names_given(expression: exp.Expr, scope: Scope) -> list[str]:
    """The names that the SQL gives an expression: its alias, its aliases, or the column it is."""
    if isinstance(expression, exp.Aliases):
        return [alias.name for alias in expression.expressions]
    if expression.find(exp.Columns):
        return []
    alias = expression.args.get("alias") if isinstance(expression, exp.Alias) else None
    identifier = alias or (expression.this if isinstance(expression, exp.Column) else None)
    if isinstance(identifier, exp.Identifier):
        return [spelled(identifier, scope.dialect)]
    name = expression.alias_or_name or expression.output_name
    return [name] if name and not expression.find(exp.Star) and not isinstance(expression, exp.Func) else []


def _expanded(expression: exp.Expr, star: exp.Star, scope: Scope) -> Relation:
    """What `*` or `t.*` stands for, with its EXCLUDE, REPLACE and RENAME."""
    table = expression.args.get("table") if isinstance(expression, exp.Column) else None
    columns: dict[str, Column] = {}
    opened: list[Relation] = []
    aliases = [match(scope.relations, spelled(table, scope.dialect))] if isinstance(table, exp.Identifier) else None
    for alias, relation in scope.relations.items():
        if alias in scope.hidden or (aliases is not None and alias not in aliases):
            continue
        for name, column in relation.columns.items():
            shared = match(scope.using, name) if aliases is None else None
            if name not in columns:  # a second column of the same name is out of reach
                columns[name] = scope.using[shared] if shared is not None else column
        opened += [relation] if relation.rest else []
    rests = [relation.rest for relation in opened if relation.rest]
    removed = _names(star.args.get("except_") or star.args.get("except"))
    renames = {each.this.name: each.alias for each in star.args.get("rename") or [] if isinstance(each, exp.Alias)}
    for name in removed:
        columns.pop(match(columns, name) or "", None)
    columns = {_renamed(name, renames): column for name, column in columns.items()}
    for old, new in renames.items():
        if match(columns, new) is None and rests:
            columns[new] = merged(each(old) for each in rests)
    for each in star.args.get("replace") or []:
        columns[match(columns, each.alias) or each.alias] = origin(each, scope)
    gone = {name.casefold() for name in (*removed, *renames)}
    rest: Rest | None = (
        (lambda name: Column() if name.casefold() in gone else merged(each(name) for each in rests)) if rests else None
    )
    return Relation(columns, scope.rows, rest=rest, whole=union(relation.whole for relation in opened))


def _names(expressions: Iterable[exp.Expr] | None) -> list[str]:
    return [each.name for each in expressions or []]


def _renamed(name: str, renames: dict[str, str]) -> str:
    old = match(renames, name)
    return name if old is None else renames[old]
