"""leakage/period-start: an event timestamp at the start of a period whose rows come later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.rules.leakage.names import is_time
from featurectl.rules.leakage.rows import aggregates, counts_only_earlier
from featurectl.rules.leakage.tree import own_nodes

if TYPE_CHECKING:
    from featurectl.rules.leakage.subject import Subject
    from featurectl.rules.leakage.trace import Origin

_TRUNCATIONS = (
    exp.DateTrunc,
    exp.TimestampTrunc,
    exp.DatetimeTrunc,
    exp.TimeTrunc,
    exp.TsOrDsToDate,
    exp.Date,
    exp.TimestampTrunc,
)
_SHIFTS = (
    exp.Add,
    exp.DateAdd,
    exp.TimestampAdd,
    exp.DatetimeAdd,
    exp.TsOrDsAdd,
    exp.LastDay,
    exp.Max,
    exp.Greatest,
    exp.TimeAdd,
)
_SHIFT_NAMES = frozenset(
    {"dateadd", "date_add", "timestampadd", "time_slice_end", "add_months", "next_day", "end_of_month", "eomonth"}
)
_TRUNCATION_NAMES = frozenset(
    {
        "time_bucket",
        "date_bin",
        "trunc",
        "datetrunc",
        "tostartofday",
        "tostartofhour",
        "tostartofweek",
        "tostartofmonth",
        "todate",
        "to_date",
    }
)


def check_period_start(subject: Subject) -> None:
    """Report truncated event timestamps that nothing moves to the end of their period."""
    for name, origin in subject.event_origins():
        if name in subject.ended or is_ended(origin):
            continue
        truncated = next(
            ((step, found) for step in origin.steps if (found := _truncation(step.expression)) is not None), None
        )
        if truncated is None:
            continue
        is_grouped = any(step.block.select.args.get("group") or aggregates(step.block) for step in origin.steps)
        subject.say(
            "period-start",
            "a period stamped with its end",
            truncated[0].expression,
            "Add the period (`+ interval '1 day'`), or declare a `created_timestamp` at its end: what happened in it is known only then.",
            "error" if is_grouped else "warning",
        )


def is_ended(origin: Origin) -> bool:
    """Whether something on the way moves the instant on, or the row uses only earlier periods."""
    return any(_is_shifted(step.expression) or counts_only_earlier(step.block) for step in origin.steps)


def _is_shifted(expression: exp.Expr) -> bool:
    return any(
        isinstance(node, _SHIFTS) or (isinstance(node, exp.Anonymous) and node.name.lower() in _SHIFT_NAMES)
        for node in own_nodes(expression, exp.Expression)
    )


def _truncation(expression: exp.Expr) -> exp.Expr | None:
    """The part that cuts an instant to the start of its period; a cast of what is called a date cuts nothing."""
    for node in own_nodes(expression, exp.Expression):
        columns = [column.name.lower() for column in own_nodes(node, exp.Column)]
        is_date = bool(columns) and all(column.endswith(("date", "day", "dt", "date_utc")) for column in columns)
        if isinstance(node, _TRUNCATIONS) and columns:
            unit = (node.args.get("unit") or exp.Var(this="day")).name.lower()
            if not (is_date and unit in ("day", "")):
                return node
        if node.key == "trunc" and not is_date and any(is_time(column) for column in columns):
            return node  # TRUNC, of Redshift and Oracle, cuts numbers too
        if isinstance(node, exp.Cast) and node.to.is_type("date") and columns and not is_date:
            return node
        if isinstance(node, exp.Anonymous) and node.name.lower() in _TRUNCATION_NAMES and columns and not is_date:
            return node
    return None
