"""leakage/lookahead, of windows: values taken from later rows of the same history."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.rules.leakage.bounds import is_only_compared
from featurectl.rules.leakage.rows import all_windows, definition, filters_rank, is_event

if TYPE_CHECKING:
    from featurectl.rules.leakage.subject import Subject
    from featurectl.rules.leakage.tree import Block

_RANKS = (exp.RowNumber, exp.Rank, exp.DenseRank)
_SHARES = (exp.PercentRank, exp.CumeDist, exp.Ntile)  # they need the size of the partition
_FIRST = (exp.FirstValue, exp.First)
_LAST = (exp.LastValue, exp.Last, exp.NthValue)
_SEQUENCE = re.compile(
    r"(?:^|_)(?:id|seq|sequence|number|num|no|nr|index|idx|version|offset|ordinal|position|counter)$"
)

_EXPECTED = "values of rows up to the current one"
_HINT = "End the frame at `current row` in ascending order of the event timestamp: `lag` instead of `lead`, `featurectl.rolling_window` for trailing aggregates."


def check_lookahead(subject: Subject) -> None:
    """Report window functions that reach rows later than their own."""
    for block in subject.statement.blocks():
        for window in all_windows(block):
            _check_window(window, block, subject)


def _check_window(window: exp.Window, block: Block, subject: Subject) -> None:
    named = definition(window, block)
    base = named if named is not None else window
    partition = window.args.get("partition_by") or base.args.get("partition_by") or []
    order = window.args.get("order") or base.args.get("order")
    spec = window.args.get("spec") or base.args.get("spec")
    function = _bare(window.this)
    by_time = any(subject.is_time(key) for key in partition)
    if order is None:
        if spec is None or not isinstance(function, exp.RowNumber):
            _check_unordered(window, function, partition, subject, by_time=by_time)
        return
    first = order.expressions[0]
    is_backwards = bool(first.args.get("desc")) and (subject.is_time(first) or _is_sequence(first))
    if isinstance(function, (exp.Lead, exp.Lag)):
        steps_on = isinstance(function, exp.Lead) != _is_negative(function.args.get("offset"))
        if steps_on != is_backwards and not _is_validity_end(window, function, first, subject):
            subject.say("lookahead", _EXPECTED, window, _HINT)
    elif isinstance(function, _RANKS):
        if not by_time and not _is_within_event(partition, subject) and not filters_rank(window, subject):
            _check_rank(window, first, subject, is_backwards=is_backwards)
    elif isinstance(function, _SHARES):
        if not by_time:
            subject.say(
                "lookahead",
                "a rank that later rows do not change",
                window,
                "Partition it by the instant or period that is ranked.",
            )
    elif _reaches_on(function, spec, is_backwards=is_backwards):
        subject.say("lookahead", _EXPECTED, window, _HINT)


def _check_rank(window: exp.Window, first: exp.Expr, subject: Subject, *, is_backwards: bool) -> None:
    """Ranks count from the start of their order: a later row gets in before when that is not the order of time."""
    expected = "a rank that later rows do not change"
    if is_backwards:
        hint = "Order it ascending by the event timestamp: then the first row is number one for ever."
        subject.say("lookahead", expected, window, hint)
    elif not subject.is_time(first) and not _is_sequence(first) and subject.has_history():
        hint = "Rank within the instant or period (`partition by`), or among the rows up to each one."
        subject.say("lookahead", expected, window, hint, "warning")


def _check_unordered(
    window: exp.Window, function: exp.Expr, partition: list[exp.Expr], subject: Subject, *, by_time: bool
) -> None:
    """A window without an order is the whole partition, later rows and all."""
    is_first_instant = isinstance(function, exp.Min) and subject.is_time(function.this)
    is_one_event = _is_within_event(partition, subject)
    if by_time or is_first_instant or is_one_event or isinstance(function, exp.RowNumber) or not subject.has_history():
        return
    of_entity = all(
        column.name.lower() in subject.join_keys for key in partition for column in key.find_all(exp.Column)
    )
    subject.say(
        "lookahead",
        _EXPECTED,
        window,
        "Without an order the window is the whole partition: order it by the event timestamp, or use `featurectl.rolling_window`.",
        "error" if of_entity else "warning",
    )


def _reaches_on(function: exp.Expr, spec: exp.Expr | None, *, is_backwards: bool) -> bool:
    """Whether the part of the frame that the function reads is later than the row."""
    start = _side(spec, "start") or "PRECEDING"
    end = _side(spec, "end") or "CURRENT"
    if is_backwards:
        flip = {"PRECEDING": "FOLLOWING", "FOLLOWING": "PRECEDING", "CURRENT": "CURRENT"}
        start, end = flip[start], flip[end]  # now: where the frame's first and last row lie in time
        latest = start
    else:
        latest = end
    if isinstance(function, _FIRST) and not isinstance(function.parent, exp.IgnoreNulls):
        return start == "FOLLOWING"
    if isinstance(function, _LAST[:2]) and not isinstance(function.parent, exp.IgnoreNulls):
        return end == "FOLLOWING"
    return latest == "FOLLOWING"


def _side(spec: exp.Expr | None, key: str) -> str | None:
    """PRECEDING, FOLLOWING or CURRENT; None where the frame does not say."""
    if spec is None or spec.args.get(key) is None:
        return None
    if str(spec.args[key]).upper() == "CURRENT ROW":
        return "CURRENT"
    return str(spec.args.get(f"{key}_side") or "").upper() or None


def _is_validity_end(window: exp.Window, function: exp.Expr, first: exp.Expr, subject: Subject) -> bool:
    """`lead(valid_from) over (... order by valid_from) as valid_to`, where valid_to is only compared with instants."""
    if function.this.sql() != first.this.sql():
        return False
    node: exp.Expr = window
    while isinstance(
        node.parent,
        (
            exp.Coalesce,
            exp.Cast,
            exp.Paren,
            exp.Sub,
            exp.DateSub,
            exp.TimestampSub,
            exp.DateAdd,
            exp.TimestampAdd,
            exp.TsOrDsAdd,
        ),
    ):
        if isinstance(node.parent, exp.Sub) and node.parent.find(exp.Interval) is None:
            return False  # a difference of instants is a duration: a value
        node = node.parent
    return isinstance(node.parent, exp.Alias) and is_only_compared(node.parent.alias.lower(), subject)


def _bare(function: exp.Expr) -> exp.Expr:
    while isinstance(
        function, (exp.IgnoreNulls, exp.RespectNulls, exp.Filter, exp.WithinGroup, exp.Order, exp.Distinct)
    ):
        function = function.this
    return function


def _is_negative(offset: exp.Expr | None) -> bool:
    return isinstance(offset, exp.Neg)


def _is_sequence(term: exp.Expr) -> bool:
    return any(_SEQUENCE.search(column.name.lower()) for column in term.find_all(exp.Column))


def _is_within_event(partition: list[exp.Expr], subject: Subject) -> bool:
    return any(is_event(column, subject) for key in partition for column in key.find_all(exp.Column))
