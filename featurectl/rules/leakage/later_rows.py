"""leakage/lookahead, of joins: rows joined because they are later than the row they describe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.rules.leakage.rows import aggregates, group_keys
from featurectl.rules.leakage.tree import conjuncts, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from featurectl.rules.leakage.sources import Source
    from featurectl.rules.leakage.subject import Subject
    from featurectl.rules.leakage.tree import Block

_PLUS = (exp.Add, exp.DateAdd, exp.TimestampAdd, exp.DatetimeAdd, exp.TsOrDsAdd)
_MINUS = (exp.Sub, exp.DateSub, exp.TimestampSub, exp.DatetimeSub)
_DIFFERENCES = (exp.DateDiff, exp.TimestampDiff, exp.DatetimeDiff, exp.TsOrDsDiff, exp.TimeDiff)


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """``lesser + shift <= greater``, between instants of two sources; shift is -1, 0 or 1 by its sign."""

    lesser: Source
    greater: Source
    shift: int
    condition: exp.Expr


def check_later_rows(subject: Subject) -> None:
    """Report joins, and counts of joined rows, that bound a row's partner from below by the row's own instant, and not from above."""
    for block in subject.statement.blocks():
        if len(block.sources) < 2 and block.outer is None:  # noqa: PLR2004 - a join has two sides
            continue
        joined = list(time_bounds(block.conditions(), block, subject))
        rows = row_sources(block, subject)
        for counted in ((), *counted_when(block)):
            bounds = [*joined, *time_bounds(counted, block, subject)]
            for other in {side for bound in bounds for side in (bound.lesser, bound.greater)} - rows:
                _check_partner(other, rows, bounds, subject)


def _check_partner(other: Source, rows: set[Source], bounds: list[Bound], subject: Subject) -> None:
    if any(bound.lesser is other and bound.greater in rows and bound.shift >= 0 for bound in bounds):
        return  # it began before the row
    for bound in bounds:
        is_after = bound.greater is other and bound.lesser in rows
        is_up_to_later = bound.lesser is other and bound.greater in rows and bound.shift < 0
        if is_after or is_up_to_later:
            subject.say(
                "lookahead",
                "a join to rows up to the row's own instant",
                bound.condition,
                "Turn the comparison round, so that the joined row is at or before the event timestamp; what lies after it is a label.",
            )
            return


def row_sources(block: Block, subject: Subject) -> set[Source]:
    """The sources that give a SELECT's rows their instant: of the event timestamp, of GROUP BY, else what FROM names."""
    rows = set(subject.event_sources(block))
    if not rows:
        keys = [column for key in group_keys(block) for column in own_nodes(key, exp.Column) if subject.is_time(column)]
        rows = {source for column in keys if (source := block.owner(column)) is not None}
    outer = block.outer
    if outer is not None:
        rows |= set(outer.sources.values())
    elif not rows:
        rows = {source for source in block.sources.values() if source.join is None}
    return rows


def counted_when(block: Block) -> Iterator[tuple[exp.Expr, ...]]:
    """What a joined row must meet to count in an aggregate: `filter (where ...)`, `count_if`, `sum(case when ... then 1 end)`."""
    for value in aggregates(block):
        tests = [value.parent.expression.this] if isinstance(value.parent, exp.Filter) else []
        if isinstance(value, (exp.CountIf, exp.LogicalOr)):
            tests.append(value.this)
        argument = value.this.unnest() if isinstance(value.this, exp.Expr) else None
        branches = argument.args.get("ifs") or [] if isinstance(argument, exp.Case) else [argument]
        tests += [each.this for each in branches if isinstance(each, exp.If) and not _is_nothing(each.args["true"])]
        yield from (tuple(conjuncts(test)) for test in tests)


def _is_nothing(value: exp.Expr) -> bool:
    return isinstance(value, exp.Null) or (isinstance(value, exp.Literal) and value.name == "0")


def time_bounds(conditions: Iterable[exp.Expr], block: Block, subject: Subject) -> Iterator[Bound]:
    """The inequalities between instants of two sources."""
    for condition in conditions:
        if isinstance(condition, (exp.LT, exp.LTE)):
            yield from _bound(condition.left, condition.right, condition, block, subject)
        elif isinstance(condition, (exp.GT, exp.GTE)):
            yield from _bound(condition.right, condition.left, condition, block, subject)
        elif isinstance(condition, exp.Between):
            yield from _bound(condition.args["low"], condition.this, condition, block, subject)
            yield from _bound(condition.this, condition.args["high"], condition, block, subject)


def _bound(lesser: exp.Expr, greater: exp.Expr, condition: exp.Expr, block: Block, subject: Subject) -> Iterator[Bound]:
    difference = _difference(lesser) or _difference(greater)
    if difference is not None:
        later, earlier = difference
        number = _sign(greater if _difference(lesser) else lesser)
        if number is None:
            return
        if _difference(lesser):  # later - earlier <= n
            yield from _between(later, earlier, -number, condition, block)
        else:  # n <= later - earlier
            yield from _between(earlier, later, number, condition, block)
    elif subject.is_time(lesser) and subject.is_time(greater):
        yield from _between(lesser, greater, _moved(lesser) - _moved(greater), condition, block)


def _between(lesser: exp.Expr, greater: exp.Expr, shift: int, condition: exp.Expr, block: Block) -> Iterator[Bound]:
    low, high = _source(lesser, block), _source(greater, block)
    if low is not None and high is not None and low is not high:
        yield Bound(low, high, shift, condition)


def _source(expression: exp.Expr, block: Block) -> Source | None:
    owners = {block.owner(column) for column in own_nodes(expression, exp.Column)}
    return owners.pop() if len(owners) == 1 else None


def _difference(expression: exp.Expr) -> tuple[exp.Expr, exp.Expr] | None:
    """``later - earlier`` of two columns, by an operator or a function."""
    expression = expression.unnest()
    if isinstance(expression, (*_DIFFERENCES, exp.Sub)):
        sides = (expression.this, expression.expression)
        if all(any(own_nodes(side, exp.Column)) for side in sides):
            return sides
    return None


def _sign(number: exp.Expr) -> int | None:
    """The sign of a literal number or interval; None for anything else."""
    number = number.unnest()
    if isinstance(number, exp.Neg):
        inner = _sign(number.this)
        return None if inner is None else -inner
    if isinstance(number, exp.Interval) and number.this is not None:
        return _sign(number.this)
    if isinstance(number, exp.Literal):
        digits = number.name.strip()
        if digits.startswith("-"):
            return -1
        return 1 if any(digit in "123456789" for digit in digits) else 0
    return None


def _moved(expression: exp.Expr) -> int:
    """1 where something is added to the instant, -1 where it is taken off, else 0."""
    for node in own_nodes(expression, *_PLUS):
        return -1 if isinstance(node.expression, exp.Neg) or node.expression.name.startswith("-") else 1
    return -1 if any(own_nodes(expression, *_MINUS)) else 0
