"""Where the values of an output column come from, through CTEs, subqueries, unions and stars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.rules.leakage.tree import own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from featurectl.rules.leakage.sources import Source
    from featurectl.rules.leakage.tree import Block

_DEEPEST = 60  # steps; a recursive CTE would go on for ever


@dataclass(frozen=True, slots=True)
class Step:
    """One SELECT on the way: the expression it computes, and the source the value comes from (None for no column)."""

    block: Block
    expression: exp.Expr
    source: Source | None


@dataclass(frozen=True, slots=True)
class Origin:
    """One place that an output column's values come from.

    Attributes:
        steps: The way, from the output inwards; never empty.
        source: The table or generated rows at the end; None for an expression without columns, or one that cannot be told.
        column: Its column there, in lower case; None for an expression without columns.
    """

    steps: tuple[Step, ...]
    source: Source | None
    column: str | None


def origins(blocks: Iterable[Block], name: str) -> Iterator[Origin]:
    """Every origin of the output column of these blocks (the arms of a union), each by one way.

    What a value is ordered or partitioned by does not count.
    """
    yield from _Search().of_column(blocks, name, ())


class _Search:
    """One search; it visits no column twice, for where queries share CTEs the ways to it can be beyond number."""

    def __init__(self) -> None:
        self.seen: set[tuple[int, str]] = set()

    def of_column(self, blocks: Iterable[Block], name: str, steps: tuple[Step, ...]) -> Iterator[Origin]:
        for block, expression in _aligned(list(blocks), name):
            if (id(block), name) in self.seen or len(steps) > _DEEPEST:
                continue
            self.seen.add((id(block), name))
            if expression is not None:
                yield from self.of_expression(block, expression, steps)
            else:
                yield from self.through_star(block, name, steps)

    def of_expression(self, block: Block, expression: exp.Expr, steps: tuple[Step, ...]) -> Iterator[Origin]:
        columns = [column for part in _values(expression) for column in own_nodes(part, exp.Column)]
        if not columns:
            yield Origin((*steps, Step(block, expression, None)), None, None)
        for column in columns:
            source = block.owner(column)
            yield from self.from_source(source, column.name.lower(), (*steps, Step(block, expression, source)))

    def from_source(self, source: Source | None, name: str, steps: tuple[Step, ...]) -> Iterator[Origin]:
        if source is not None and source.selects:
            statement = steps[-1].block.statement
            yield from self.of_column((statement.block(select) for select in source.selects), name, steps)
        else:
            yield Origin(steps, source, name)

    def through_star(self, block: Block, name: str, steps: tuple[Step, ...]) -> Iterator[Origin]:
        starred = list(block.starred())
        answers = [block.statement.exports(source, name) for source in starred]
        wanted = True if True in answers else None
        for source, answer in zip(starred, answers, strict=True):
            if answer is wanted:
                yield from self.from_source(source, name, (*steps, Step(block, exp.column(name), source)))
                return


def _aligned(blocks: list[Block], name: str) -> Iterator[tuple[Block, exp.Expr | None]]:
    """What each arm of a union gives for a column, by its place in the first arm; None where a star hides it."""
    place = blocks[0].place(name) if blocks else None
    for block in blocks:
        expression = None if place is None or block.is_matched_by_name() else block.projection_at(place)
        yield block, block.projection(name) if expression is None else expression


def _values(expression: exp.Expr) -> Iterator[exp.Expr]:
    """The parts of an expression that its value is made of."""
    if isinstance(expression, (exp.Alias, exp.Paren, exp.Cast, exp.TryCast, exp.Window, exp.Filter, exp.IgnoreNulls)):
        yield from _values(expression.this)
    elif isinstance(expression, exp.Case):
        for branch in expression.args.get("ifs") or []:
            yield from _values(branch.args["true"])
        if expression.args.get("default") is not None:
            yield from _values(expression.args["default"])
    else:
        yield expression
