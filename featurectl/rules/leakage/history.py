"""leakage/all-time and leakage/current-state: what is joined to rows of the past, and knows more than they could."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.rules.leakage.later_rows import row_sources
from featurectl.rules.leakage.rows import (
    aggregates,
    group_keys,
    is_all_time,
    is_event,
    is_newest_of_key,
    is_stretch,
    keeps_newest,
)
from featurectl.rules.leakage.tree import own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from featurectl.rules.leakage.subject import Kind, Subject
    from featurectl.rules.leakage.tree import Block, Source

_ALL_TIME_HINT = "Aggregate up to each row: `featurectl.rolling_window`, a window that ends at `current row`, or a join on `<=` of the instants."
_CURRENT_HINT = (
    "Join what was true then: a dbt snapshot by its validity range, or a model with `event_time` by `<=`. "
    "Declare `event_time` if it keeps history; accept the finding if its rows never change."
)


def check_history(subject: Subject) -> None:
    """Report sources joined to rows with an instant, when nothing in the join or in them bounds their time."""
    if not subject.has_history():
        return
    for block in subject.statement.blocks():
        for source in _partners(block, subject):
            _check_partner(source, block, subject)
    _check_scalars(subject)
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
    if kind in ("constant", "unknown") or not _is_read(source, block) or _is_bounded(source, block, subject):
        return
    keys = [column for column in _join_columns(source, block) if not subject.is_time(column)]
    if kind != "newest" and any(
        is_event(column, subject) or (kind == "current" and is_stretch(column, subject)) for column in keys
    ):
        return  # parts of one event
    about = source.join if source.join is not None else source.node
    if kind == "all-time":
        found = next((value for value in _values_of(source, block)), about)
        subject.say("all-time", "aggregates of what was known at each row", found, _ALL_TIME_HINT)
    elif kind == "history":
        if _is_aggregated(block):
            subject.say("all-time", "a join bounded by the instants of both sides", about, _ALL_TIME_HINT)
    elif kind == "newest":
        subject.say(
            "current-state",
            "values as they were at each row",
            _newest_of(source, block, subject) or about,
            _CURRENT_HINT,
        )
    elif kind == "snapshot":
        hint = "Join the snapshot by its range: `dbt_valid_from <= t and (t < dbt_valid_to or dbt_valid_to is null)`."
        subject.say("current-state", "a snapshot joined by its validity range", about, hint)
    else:
        subject.say("current-state", "a table that keeps its history", about, _CURRENT_HINT, "warning")


def kind_of(source: Source, block: Block, subject: Subject) -> Kind:
    """What a source holds, over time."""
    if source.table is not None:
        return _kind_of_table(source, subject)
    if not source.selects:
        return "constant"
    kinds = [_kind_of_block(block.statement.block(select), subject) for select in source.selects]
    return _worst(kinds)


def _kind_of_table(source: Source, subject: Subject) -> Kind:
    node = subject.parent_of(source)
    if node is None:
        return "unknown"
    if node.resource_type in ("seed", "snapshot"):
        return "constant" if node.resource_type == "seed" else "snapshot"
    if node.config.event_time or node.unique_id in subject.timed:
        return "history"
    above = subject.above.get(node.unique_id)
    if above is not None:
        kinds = [_kind_of_block(block, above) for block in above.statement.result()]
        kind = _worst(kinds) if kinds else "unknown"
        return "current" if kind in ("unknown", "snapshot") else kind
    return "current"


def _kind_of_block(block: Block, subject: Subject) -> Kind:
    if id(block) not in subject.kinds:
        subject.kinds[id(block)] = _judge_block(block, subject)
    return subject.kinds[id(block)]


def _judge_block(block: Block, subject: Subject) -> Kind:
    if not block.sources:
        return "constant"
    inner = [kind_of(source, block, subject) for source in block.sources.values()]
    if keeps_newest(block, subject) is not None and set(inner) != {"constant"}:
        return "newest"
    if is_all_time(block, subject) and set(inner) != {"constant"}:
        return "constant" if _is_correlated(block) else "all-time"
    if aggregates(block) and group_keys(block):
        return "history"
    for kind in ("all-time", "newest"):
        if inner[0] == kind:
            return kind
    return "history" if "history" in inner else inner[0]


def _worst(kinds: list[Kind]) -> Kind:
    for kind in ("history", "all-time", "newest", "snapshot", "current", "unknown"):
        if kind in kinds:
            return kind
    return "constant"


def _is_correlated(block: Block) -> bool:
    outer = block.outer
    if outer is None:
        return False
    owners = {block.owner(column) for condition in block.conditions() for column in own_nodes(condition, exp.Column)}
    inequalities = any(
        isinstance(condition, (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between)) for condition in block.conditions()
    )
    return inequalities and bool(owners & set(outer.sources.values()))


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
        _is_lateral_bounded(block.statement.block(select))
        for select in source.selects
        if isinstance(source.node, exp.Lateral)
    )


def _is_lateral_bounded(block: Block) -> bool:
    return _is_correlated(block)


def _is_read(source: Source, block: Block) -> bool:
    """Whether the SELECT uses more of a source than what it joins on."""
    if any(starred is source for starred in block.starred()):
        return True
    keys = {id(column) for column in _join_columns(source, block)}
    using = source.join.args.get("using") if source.join is not None else None
    shared = {key.name.lower() for key in using or []}
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


def _check_scalars(subject: Subject) -> None:
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
            or _is_correlated(block)
            or not is_all_time(block, subject)
            or _only_latest_instant(block, subject)
        ):
            continue
        if {kind_of(source, block, subject) for source in block.sources.values()} != {"constant"}:
            subject.say("all-time", "aggregates of what was known at each row", subquery, _ALL_TIME_HINT)


def _only_latest_instant(block: Block, subject: Subject) -> bool:
    return all(isinstance(value, exp.Max) and subject.is_time(value.this) for value in aggregates(block))


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
            if newest is not None and (not isinstance(newest, exp.Window) or is_newest_of_key(newest, subject)):
                subject.say(
                    "current-state",
                    "every row of the history",
                    newest,
                    "Keep all rows: a training row of the past needs the row of its own time. Look-ups take the newest by themselves.",
                    "warning",
                )
