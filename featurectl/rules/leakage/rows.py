"""What the rows of a SELECT are: aggregated or not, over what, and which of several they keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.rules.leakage.names import is_current_flag, is_event_id, is_stretch_id, is_validity_end
from featurectl.rules.leakage.tree import own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from featurectl.rules.leakage.sources import Source
    from featurectl.rules.leakage.subject import Subject
    from featurectl.rules.leakage.tree import Block

_RANKS = (exp.RowNumber, exp.Rank, exp.DenseRank)


def aggregates(block: Block) -> list[exp.Expr]:
    """The aggregate functions of a SELECT that are no window's."""
    return [
        found
        for projected in block.select.expressions
        for found in own_nodes(projected, exp.AggFunc, exp.AnonymousAggFunc)
        if not _in_window(found)
    ]


def group_keys(block: Block) -> list[exp.Expr]:
    """The expressions of GROUP BY, positions and aliases replaced by what they stand for."""
    group = block.select.args.get("group")
    if group is None:
        return []
    projections = block.select.expressions
    if group.args.get("all"):
        return [projected for projected in projections if not list(own_nodes(projected, exp.AggFunc))]
    keys = []
    for key in group.expressions:
        if isinstance(key, exp.Literal) and key.is_int and 0 < int(key.name) <= len(projections):
            keys.append(projections[int(key.name) - 1])
        else:
            keys.append(key)
    return keys


def is_all_time(block: Block, subject: Subject) -> bool:
    """Whether a SELECT aggregates without a time, or an event, among its keys; the first instant of all is known from then on."""
    values = [value for value in aggregates(block) if not (isinstance(value, exp.Min) and subject.is_time(value.this))]
    if not values:
        return False
    keys = group_keys(block)
    return not any(subject.is_time(key) or is_time_alias(key, subject) or _is_event(key, subject) for key in keys)


def is_time_alias(key: exp.Expr, subject: Subject) -> bool:
    """Whether a projection used as a key is named like a time."""
    return isinstance(key, exp.Alias) and subject.is_time(exp.column(key.alias))


def keeps_newest(block: Block, subject: Subject) -> exp.Expr | None:
    """The part of a SELECT by which it keeps only the newest row of each key; None where it keeps history."""
    for condition in block.conditions():
        flag = _current_filter(condition)
        if flag is not None:
            return flag
        window = _ranked_first(condition, block)
        if window is not None and is_newest_of_key(window, subject):
            return window
    distinct = block.select.args.get("distinct")
    on = distinct.args.get("on") if distinct is not None else None
    if on is not None:
        order = block.select.args.get("order")
        terms = order.expressions[len(on.expressions) :] if order is not None else []
        if terms and terms[0].args.get("desc") and subject.is_time(terms[0]) and _is_by_key(on.expressions, subject):
            return distinct
    return None


def current_filter(block: Block, source: Source) -> exp.Expr | None:
    """The condition by which a SELECT takes only the current rows of one of its sources."""
    for condition in block.conditions():
        flag = _current_filter(condition)
        if flag is not None and any(block.owner(column) is source for column in own_nodes(flag, exp.Column)):
            return flag
    return None


def is_newest_of_key(window: exp.Window, subject: Subject) -> bool:
    """Whether a rank counts from the newest row of a key that has many over time."""
    order = window.args.get("order")
    first = order.expressions[0] if order is not None else None
    if not isinstance(window.this, _RANKS) or first is None or not first.args.get("desc") or not subject.is_time(first):
        return False
    return _is_by_key(window.args.get("partition_by") or [], subject)


def filters_rank(window: exp.Window, subject: Subject) -> bool:
    """Whether a rank serves only to keep the first rows: every use of it is compared with a number in a filter."""
    if _compared_with_number(window):
        return True
    alias = window.parent
    if not isinstance(alias, exp.Alias):
        return False
    name = alias.alias.lower()
    uses = [column for column in subject.statement.all(exp.Column) if column.name.lower() == name]
    return bool(uses) and all(_compared_with_number(use) for use in uses)


def counts_only_earlier(block: Block) -> bool:
    """Whether all that a SELECT computes by windows ends before the current row, and it does compute some."""
    windows = [window for projected in block.select.expressions for window in own_nodes(projected, exp.Window)]
    return bool(windows) and all(_is_earlier(window, block) for window in windows)


def _is_earlier(window: exp.Window, block: Block) -> bool:
    spec = window.args.get("spec") or _named_spec(window, block)
    if isinstance(window.this, exp.Lag):
        return True
    return spec is not None and str(spec.args.get("end_side") or "").upper() == "PRECEDING"


def _named_spec(window: exp.Window, block: Block) -> exp.Expr | None:
    named = definition(window, block)
    return None if named is None else named.args.get("spec")


def definition(window: exp.Window, block: Block) -> exp.Window | None:
    """The entry of the WINDOW clause that a window names."""
    alias = window.args.get("alias")
    if alias is None:
        return None
    named = (entry for entry in block.select.args.get("windows") or [] if entry.name.lower() == alias.name.lower())
    return next(named, None)


def _ranked_first(condition: exp.Expr, block: Block) -> exp.Window | None:
    """The window whose rank the condition holds at a number, computed here or in the source below."""
    for node in own_nodes(condition, exp.Window, exp.Column):
        if not _compared_with_number(node):
            continue
        if isinstance(node, exp.Window):
            return node
        if not isinstance(node, exp.Column):
            continue
        ranked = block.projection(node.name.lower())
        source = block.owner(node) if ranked is None else None
        if source is not None and source.selects:
            ranked = block.statement.block(source.selects[0]).projection(node.name.lower())
        if isinstance(ranked, exp.Window):
            return ranked
    return None


def _compared_with_number(node: exp.Expr) -> bool:
    parent = node.parent
    return isinstance(parent, (exp.EQ, exp.LTE, exp.LT)) and isinstance(parent.expression, exp.Literal)


def _current_filter(condition: exp.Expr) -> exp.Expr | None:
    """`is_current`, `is_current = true`, `valid_to is null`, `valid_to = '9999-12-31'`."""
    if isinstance(condition, exp.Column):
        return condition if is_current_flag(condition.name) else None
    column = condition.this if isinstance(condition, (exp.EQ, exp.Is)) else None
    if not isinstance(column, exp.Column):
        return None
    if is_current_flag(column.name) and isinstance(condition.expression, (exp.Boolean, exp.Literal)):
        return condition
    far = isinstance(condition.expression, exp.Null) or "9999" in condition.expression.sql()
    return condition if is_validity_end(column.name) and far else None


def _is_by_key(keys: list[exp.Expr], subject: Subject) -> bool:
    """Whether keys name an entity, and neither an instant nor one event."""
    columns = [column for key in keys for column in own_nodes(key, exp.Column)]
    return not any(subject.is_time(column) or is_event(column, subject) for column in columns)


def _is_event(key: exp.Expr, subject: Subject) -> bool:
    return any(is_event(column, subject) for column in own_nodes(key, exp.Column))


def is_event(column: exp.Column, subject: Subject) -> bool:
    """Whether a column identifies one event, and not the entity that the features describe."""
    return is_event_id(column.name) and column.name.lower() not in subject.join_keys


def is_stretch(column: exp.Column, subject: Subject) -> bool:
    """Whether a column identifies what has several events one after the other, and is not the entity."""
    return is_stretch_id(column.name) and column.name.lower() not in subject.join_keys


def _in_window(function: exp.Expr) -> bool:
    node = function.parent
    while isinstance(node, (exp.Filter, exp.IgnoreNulls, exp.RespectNulls, exp.WithinGroup)):
        function, node = node, node.parent
    return isinstance(node, exp.Window) and node.this is function


def all_windows(block: Block) -> Iterator[exp.Window]:
    """The window functions of a SELECT, without the entries of its WINDOW clause."""
    for window in block.inside(exp.Window):
        if window.arg_key != "windows":
            yield window
