"""Expressions that only bound a range of time, and so put nothing of themselves into a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from featurectl.rules.leakage.subject import Subject

_CARRIERS = (exp.Cast, exp.TryCast, exp.Paren, exp.Coalesce, exp.Add, exp.Sub, exp.DateAdd, exp.DateSub, exp.TimestampAdd, exp.TsOrDsAdd,
             exp.TimestampSub, exp.TimestampTrunc, exp.DateTrunc, exp.AtTimeZone, exp.ConvertTimezone, exp.Nullif, exp.DatetimeSub, exp.DatetimeAdd,
             exp.TsOrDsToDate, exp.Date, exp.Interval)  # fmt: skip


def outermost(node: exp.Expr) -> exp.Expr:
    """The expression a reader looks for: the projection, comparison or predicate around a part of it."""
    found = node
    while found.parent is not None and not isinstance(
        found.parent,
        (exp.Query, exp.Where, exp.Join, exp.And, exp.Qualify, exp.Having, exp.Group, exp.Order, exp.Tuple),
    ):
        found = found.parent
    return found


def is_only_a_bound(node: exp.Expr, subject: Subject) -> bool:
    """Whether it is the upper end of a comparison in a filter or join, or (COALESCE) of a column that is only used so."""
    top, is_filling = _carried(node)
    parent = top.parent
    if isinstance(parent, (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between)):
        return _is_filter(parent) and (_is_above(top, parent) or subject.node.config.materialized == "incremental")
    if isinstance(parent, exp.Alias) and is_filling:
        return is_only_compared(parent.alias.lower(), subject)
    return False


def is_only_compared(name: str, subject: Subject) -> bool:
    """Whether a column is no feature, and every use of it is a comparison, or passes it on under its name."""
    if name in subject.event_times or name in subject.used:
        return False
    return all(is_comparison(column) for column in subject.statement.all(exp.Column) if column.name.lower() == name)


def own_name(node: exp.Expr) -> str | None:
    """The name of the column that it is by itself, in lower case; None where it is a part of one, or of none."""
    alias = node.parent
    while isinstance(alias, (exp.Cast, exp.Paren)):
        alias = alias.parent
    return alias.alias.lower() if isinstance(alias, exp.Alias) and isinstance(alias.parent, exp.Select) else None


def is_unused(node: exp.Expr, subject: Subject) -> bool:
    """Whether it is a column that nothing is made of and that has no role: `current_timestamp as built_at`."""
    name = own_name(node)
    if name is None or subject.is_training_set:
        return False
    here = {column.name.lower() for column in subject.statement.all(exp.Column) if not is_passed_on(column)}
    return name not in here | subject.used | subject.named | subject.event_times | subject.join_keys


def is_comparison(column: exp.Column) -> bool:
    """Whether this use of a column is in an inequality or a null test, or passes it on."""
    top, _ = _carried(column)
    parent = top.parent
    if isinstance(parent, (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.Is)):
        return _is_filter(parent)
    return is_passed_on(column)


def is_passed_on(column: exp.Column) -> bool:
    """Whether this use of a column is a projection under its own name, perhaps with its gaps filled."""
    top, _ = _carried(column)
    if isinstance(top.parent, exp.Alias):
        return top.parent.alias.lower() == column.name.lower()
    return top is column and isinstance(top.parent, exp.Select)


def _carried(node: exp.Expr) -> tuple[exp.Expr, bool]:
    top, is_filling = node, False
    while isinstance(top.parent, _CARRIERS):
        is_filling = is_filling or isinstance(top.parent, exp.Coalesce)
        top = top.parent
    return top, is_filling


def _is_above(top: exp.Expr, comparison: exp.Expr) -> bool:
    if isinstance(comparison, exp.Between):
        return top.arg_key == "high"
    return top.arg_key == ("expression" if isinstance(comparison, (exp.LT, exp.LTE)) else "this")


def _is_filter(comparison: exp.Expr) -> bool:
    node: exp.Expr | None = comparison
    while isinstance(
        node, (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.Is, exp.Not, exp.And, exp.Or, exp.Paren)
    ):
        node = node.parent
    return isinstance(node, (exp.Where, exp.Join, exp.Qualify))
