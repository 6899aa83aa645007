"""leakage/all-time, of subqueries: a value computed from a whole history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.rules.leakage.hints import ALL_TIME_HINT
from featurectl.rules.leakage.kinds import is_bounded_by_outer, kind_of
from featurectl.rules.leakage.rows import aggregates, is_all_time

if TYPE_CHECKING:
    from featurectl.rules.leakage.subject import Subject
    from featurectl.rules.leakage.tree import Block


def check_scalars(subject: Subject) -> None:
    """`(select avg(x) from history)` as a value."""
    for subquery in subject.statement.all(exp.Subquery):
        if (
            isinstance(subquery.parent, (exp.From, exp.Join, exp.Lateral))
            or subquery.find_ancestor(exp.Where, exp.Select) is None
        ):
            continue
        if isinstance(subquery.find_ancestor(exp.Where, exp.Select), exp.Where) or not isinstance(
            subquery.this, exp.Select
        ):
            continue
        block = subject.statement.block(subquery.this)
        if (
            not block.sources
            or is_bounded_by_outer(block)
            or not is_all_time(block, subject)
            or _only_latest_instant(block, subject)
        ):
            continue
        if {kind_of(source, block, subject) for source in block.sources.values()} != {"constant"}:
            subject.say("all-time", "aggregates of what was known at each row", subquery, ALL_TIME_HINT)


def check_memberships(subject: Subject) -> None:
    """`exists (select ... from history)` and `in (select ... from history)` as a value."""
    for test in subject.statement.all(exp.Exists, exp.In):
        query = test.this if isinstance(test, exp.Exists) else test.args.get("query")
        query = query.unnest() if query is not None else None
        clause = test.find_ancestor(exp.Where, exp.Join, exp.Qualify, exp.Having, exp.Select)
        if not isinstance(query, exp.Select) or not isinstance(clause, exp.Select):
            continue
        block = subject.statement.block(query)
        kinds = {kind_of(source, block, subject) for source in block.sources.values()}
        if kinds - {"constant", "unknown"} and not is_bounded_by_outer(block):
            subject.say("all-time", "what was known at each row", test, ALL_TIME_HINT, "warning")


def _only_latest_instant(block: Block, subject: Subject) -> bool:
    return all(isinstance(value, exp.Max) and subject.is_time(value.this) for value in aggregates(block))
