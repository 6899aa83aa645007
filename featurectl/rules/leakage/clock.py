"""leakage/clock: SQL whose values depend on when it is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.rules.leakage.bounds import is_only_a_bound, is_unused, outermost, own_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from featurectl.rules.leakage.subject import Subject
    from featurectl.rules.leakage.tree import Statement

_KINDS: tuple[type[exp.Expr], ...] = tuple(
    getattr(exp, name)
    for name in [
        "CurrentDate",
        "CurrentDatetime",
        "CurrentTime",
        "CurrentTimestamp",
        "CurrentTimestampLTZ",
        "Localtime",
        "Localtimestamp",
        "Systimestamp",
        "UtcDate",
        "UtcTime",
        "UtcTimestamp",
    ]
    if hasattr(exp, name)  # some are younger than the oldest sqlglot we run on
)
_NAMES = frozenset(
    [
        "now",
        "now64",
        "nowinblock",
        "today",
        "yesterday",
        "clock_timestamp",
        "statement_timestamp",
        "transaction_timestamp",
        "timeofday",
        "get_current_timestamp",
        "get_current_time",
        "get_current_date",
        "getdate",
        "getutcdate",
        "sysdate",
        "sysdatetime",
        "sysutcdatetime",
        "sysdatetimeoffset",
        "systimestamp",
        "current_localtimestamp",
        "current_localtime",
        "current_timestamp",
        "current_date",
        "current_datetime",
        "curdate",
        "curtime",
        "utc_timestamp",
        "utc_date",
        "localtimestamp",
        "current_timestamp_ltz",
        "current_localtimestamp",
        "proctime",
    ]
)
_WITHOUT_ARGUMENTS = frozenset({"unix_timestamp", "unix_millis", "to_unix_timestamp"})
_WORDS = frozenset({"now", "today", "yesterday", "tomorrow"})
_SERIES: tuple[type[exp.Expr], ...] = (
    exp.GenerateSeries,
    exp.GenerateDateArray,
    exp.GenerateTimestampArray,
)


def clocks(statement: Statement) -> Iterator[exp.Expr]:
    """Every reading of the clock."""
    yield from statement.all(*_KINDS)
    for function in statement.all(exp.Anonymous):
        if is_clock(function):
            yield function
    for cast in statement.all(exp.Cast):
        if is_clock(cast):
            yield cast


def is_clock(node: exp.Expr) -> bool:
    """Whether an expression reads the clock itself."""
    if isinstance(node, exp.Anonymous):
        name, count = node.name.lower(), len(node.expressions)
        return name in _NAMES or (name in _WITHOUT_ARGUMENTS and not count) or (name == "age" and count == 1)
    if isinstance(node, exp.Cast):
        is_word = isinstance(node.this, exp.Literal) and node.this.name.lower() in _WORDS
        return is_word and node.to.is_type(*exp.DataType.TEMPORAL_TYPES)
    return isinstance(node, _KINDS)


def check_clock(subject: Subject) -> None:
    """Report clocks, but not those that only bound the rows from above, or date an audit column that nothing uses."""
    for clock in clocks(subject.statement):
        if ends_a_series(clock) or _stamps_events(clock, subject):
            continue  # the second is for leakage/load-time to say
        if not (is_only_a_bound(clock, subject) or is_unused(clock, subject) or _is_created_timestamp(clock, subject)):
            subject.say(
                "clock",
                "values that do not depend on when the model is built",
                outermost(clock),
                "Measure from the event timestamp instead: an age is the event timestamp minus a date, a window is "
                "`featurectl.rolling_window`; `featurectl.latest` takes `as_of`.",
            )


def ends_a_series(clock: exp.Expr) -> bool:
    """A grid of dates up to now: later builds add rows, and change none."""
    node = clock
    while node.parent is not None and not isinstance(node.parent, exp.Query):
        if isinstance(node.parent, _SERIES):
            return node.arg_key == "end"
        node = node.parent
    return False


def _stamps_events(clock: exp.Expr, subject: Subject) -> bool:
    stamps = {id(step.expression) for _, origin in subject.event_origins() for step in origin.steps}
    node: exp.Expr | None = clock
    while node is not None and not isinstance(node, (exp.Query, exp.Greatest)):
        if id(node) in stamps:
            return True
        node = node.parent
    return False


def _is_created_timestamp(clock: exp.Expr, subject: Subject) -> bool:
    """Whether it says when an incremental model built the row, and is declared to."""
    view, name = subject.view, own_name(clock)
    if view is None or view.created_timestamp is None or name is None:
        return False
    return view.materialized == "incremental" and name == view.created_timestamp.name.lower()
