"""leakage/load-time: an event timestamp that says when the row was written, not when it became true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.rules.leakage.clock import ends_a_series, is_clock
from featurectl.rules.leakage.names import is_load_time
from featurectl.rules.leakage.tree import own_nodes

if TYPE_CHECKING:
    from featurectl.rules.leakage.subject import Subject
    from featurectl.rules.leakage.trace import Origin

_HINT = "Take the instant at which the values became true; the load time is a `created_timestamp`."
_EXPECTED = "an event timestamp of the event itself"


def check_load_time(subject: Subject) -> None:
    """Report event timestamps that a clock gives, or a column called like a load time."""
    for _, origin in subject.event_origins():
        if any(step.expression.find(exp.Greatest) for step in origin.steps):
            continue  # never before the event
        for step in origin.steps:
            if any(is_clock(node) and not ends_a_series(node) for node in own_nodes(step.expression, exp.Expression)):
                subject.say("load-time", _EXPECTED, step.expression, _HINT)
                break
        else:
            _check_column(origin, subject)


def _check_column(origin: Origin, subject: Subject) -> None:
    name = origin.column
    parent = subject.parent_of(origin.source)
    if name is None or not is_load_time(name) or (parent is not None and parent.unique_id in subject.above):
        return  # a model above is judged for its own columns
    is_certain = name.startswith(("_", "dbt_", "etl_", "dwh_", "dw_"))
    subject.say("load-time", _EXPECTED, origin.steps[-1].expression, _HINT, "error" if is_certain else "warning")
