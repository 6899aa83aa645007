"""leakage/all-time and leakage/current-state: what is joined to rows of the past, and knows more than they could."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.rules.leakage.hints import ALL_TIME_HINT, CURRENT_HINT
from featurectl.rules.leakage.kinds import is_bounded_by_outer, kind_of
from featurectl.rules.leakage.later_rows import row_sources
from featurectl.rules.leakage.rows import (
    aggregates,
    current_filter,
    is_all_time,
    is_event,
    is_newest_of_key,
    is_stretch,
    keeps_newest,
)
from featurectl.rules.leakage.subqueries import check_memberships, check_scalars
from featurectl.rules.leakage.tree import own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from featurectl.rules.leakage.sources import Source
    from featurectl.rules.leakage.subject import Subject
    from featurectl.rules.leakage.tree import Block


def check_history(subject: Subject) -> None:
    """Report sources joined to rows with an instant, when nothing in the join or in them bounds their time."""
    if not subject.has_history():
        return
    for block in subject.statement.blocks():
        for source in _partners(block, subject):
            _check_partner(source, block, subject)
    check_scalars(subject)
    check_memberships(subject)
    _check_result(subject)


def _partners(block: Block, subject: Subject) -> Iterator[Source]:
    """The sources of a SELECT that are not what gives its rows their instant."""
    if len(block.sources) < 2:  # noqa: PLR2004 - a join has two sides
        return
    rows = set(subject.event_sources(block))
    if not rows:
        rows = {source for source in row_sources(block, subject) if kind_of(source, block, subject) == "history"}
    if rows:
        yield from (source for source in block.sources.values() if source not in rows)


def _check_partner(source: Source, block: Block, subject: Subject) -> None:
    kind = kind_of(source, block, subject)
    if kind in ("constant", "unknown") or not _is_read(source, block, subject) or _is_bounded(source, block, subject):
        return
    flag = current_filter(block, source)
    if flag is not None:
        subject.say("current-state", "values as they were at each row", flag, CURRENT_HINT)
        return
    keys = [column for column in _join_columns(source, block) if not subject.is_time(column)]
    if kind != "newest" and any(
        is_event(column, subject) or (kind == "current" and is_stretch(column, subject)) for column in keys
    ):
        return  # parts of one event
    is_spelled_out = source.join is not None and any(
        source.join.args.get(key) for key in ("on", "using", "kind", "side")
    )
    about = source.join if source.join is not None and is_spelled_out else source.node
    if kind == "all-time":
        found = next((value for value in _values_of(source, block)), about)
        subject.say("all-time", "aggregates of what was known at each row", found, ALL_TIME_HINT)
    elif kind == "history":
        if _is_aggregated(block):
            subject.say("all-time", "a join bounded by the instants of both sides", about, ALL_TIME_HINT)
    elif kind == "newest":
        subject.say(
            "current-state",
            "values as they were at each row",
            _newest_of(source, block, subject) or about,
            CURRENT_HINT,
        )
    elif kind == "snapshot":
        hint = "Join the snapshot by its range: `dbt_valid_from <= t and (t < dbt_valid_to or dbt_valid_to is null)`."
        subject.say("current-state", "a snapshot joined by its validity range", about, hint)
    else:
        subject.say("current-state", "a table that keeps its history", about, CURRENT_HINT, "warning")


def _is_bounded(source: Source, block: Block, subject: Subject) -> bool:
    """Whether a comparison of the source's instant with another's stands in the join, a filter, or an aggregate's condition."""
    using = source.join.args.get("using") if source.join is not None else None
    if any(subject.is_time(exp.column(key.name)) for key in using or []):
        return True
    for comparison in block.inside(exp.EQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.NullSafeEQ):
        columns = list(own_nodes(comparison, exp.Column))
        owners = {block.owner(column) for column in columns}
        mine = [column for column in columns if block.owner(column) is source]
        if len(owners) > 1 and mine and any(subject.is_time(column) for column in mine):
            return True
    return any(
        is_bounded_by_outer(block.statement.block(select))
        for select in source.selects
        if isinstance(source.node, exp.Lateral)
    )


def _is_read(source: Source, block: Block, subject: Subject) -> bool:
    """Whether the SELECT uses more of a source than what it joins on, and the join keys."""
    if any(starred is source for starred in block.starred()):
        return True
    keys = {id(column) for column in _join_columns(source, block)}
    using = source.join.args.get("using") if source.join is not None else None
    shared = {key.name.lower() for key in using or []} | subject.join_keys
    return any(
        id(column) not in keys and column.name.lower() not in shared and block.owner(column) is source
        for column in block.inside(exp.Column)
        if not isinstance(column.this, exp.Star)
    )


def _join_columns(source: Source, block: Block) -> list[exp.Column]:
    """The columns of the equalities by which a source is joined, of both sides."""
    columns: list[exp.Column] = []
    using = source.join.args.get("using") if source.join is not None else None
    columns += [exp.column(key.name) for key in using or []]
    for condition in block.conditions():
        if isinstance(condition, (exp.EQ, exp.NullSafeEQ)):
            sides = list(own_nodes(condition, exp.Column))
            if len(sides) > 1 and any(block.owner(column) is source for column in sides):
                columns += sides
    return columns


def _is_aggregated(block: Block) -> bool:
    return bool(aggregates(block))


def _values_of(source: Source, block: Block) -> Iterator[exp.Expr]:
    """The aggregates of the query that a source is."""
    if source.pivot is not None:
        yield from source.pivot.find_all(exp.AggFunc)
    for select in source.selects:
        inner = block.statement.block(select)
        yield from aggregates(inner)
        for deeper in inner.sources.values():
            yield from _values_of(deeper, inner)


def _newest_of(source: Source, block: Block, subject: Subject) -> exp.Expr | None:
    for select in source.selects:
        inner = block.statement.block(select)
        found = keeps_newest(inner, subject)
        if found is not None:
            return found
        for deeper in inner.sources.values():
            found = _newest_of(deeper, inner, subject)
            if found is not None:
                return found
    return None


def _is_of_events(newest: exp.Expr, block: Block, subject: Subject) -> bool:
    """Whether the part that keeps the newest rows keeps those of the rows with the event timestamp."""
    if isinstance(newest, exp.Window):
        return is_newest_of_key(newest, subject)
    owners = {block.owner(column) for column in own_nodes(newest, exp.Column)}
    return bool(owners & set(subject.event_sources(block)))


def _check_result(subject: Subject) -> None:
    """The event timestamp itself: the first of all rows that were aggregated, or that of the only row kept."""
    for _, origin in subject.event_origins():
        for step in origin.steps:
            if isinstance(step.expression.unnest(), exp.Min) and is_all_time(step.block, subject):
                subject.say(
                    "all-time",
                    "aggregates stamped with the last instant they use",
                    step.expression,
                    "Stamp them with `max` of the instants, or aggregate up to each row with `featurectl.rolling_window`.",
                )
            newest = keeps_newest(step.block, subject)
            if newest is not None and _is_of_events(newest, step.block, subject):
                subject.say(
                    "current-state",
                    "every row of the history",
                    newest,
                    "Keep all rows: a training row of the past needs the row of its own time. Look-ups take the newest by themselves.",
                    "warning",
                )
