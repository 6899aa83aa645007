"""What the rows of a source are over time: history, its newest rows, all of it in one, what never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.rules.leakage.rows import aggregates, group_keys, is_all_time, keeps_newest
from featurectl.rules.leakage.tree import own_nodes

if TYPE_CHECKING:
    from featurectl.rules.leakage.sources import Source
    from featurectl.rules.leakage.subject import Kind, Subject
    from featurectl.rules.leakage.tree import Block


def kind_of(source: Source, block: Block, subject: Subject) -> Kind:
    """What a source holds, over time."""
    keys = _pivot_keys(source)
    if keys is not None:
        return "history" if any(subject.is_time(exp.column(key)) for key in keys) else "all-time"
    if source.table is not None:
        return _kind_of_table(source, subject)
    if not source.selects:
        return "constant" if source.pivot is None else "unknown"
    kinds = [_kind_of_block(block.statement.block(select), subject) for select in source.selects]
    return _worst(kinds)


def _pivot_keys(source: Source) -> list[str] | None:
    """The columns by which a pivot groups: those it names, else all it does not use; None where that cannot be told."""
    if source.pivot is None:
        return None
    group = source.pivot.args.get("group")
    if group is not None:
        return [column.name for key in group.expressions for column in own_nodes(key, exp.Column)]
    columns = source.selects[0].expressions if source.selects else []
    if not columns or any(column.is_star for column in columns):
        return None
    used = {column.name.lower() for column in source.pivot.find_all(exp.Column)}
    return [column.output_name for column in columns if column.output_name.lower() not in used]


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
        return "constant" if is_bounded_by_outer(block) else "all-time"
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


def is_bounded_by_outer(block: Block) -> bool:
    """Whether a subquery holds a column of its own against one of the query around it by an inequality."""
    outer = block.outer
    if outer is None:
        return False
    theirs, own = set(outer.sources.values()), set(block.sources.values())
    for condition in block.conditions():
        if isinstance(condition, (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between)):
            owners = {block.owner(column) for column in own_nodes(condition, exp.Column)}
            if owners & theirs and owners & own:
                return True
    return False
