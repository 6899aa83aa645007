"""A query as blocks (one a SELECT) that know where their columns come from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    HasColumn = Callable[[exp.Table, str], bool | None]

Kind = TypeVar("Kind", bound="exp.Expr")
EPHEMERAL = "__dbt__cte__"  # what dbt calls the CTE of an ephemeral model


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What one alias in FROM or JOIN stands for: a table of the warehouse, a query, or generated rows (neither of both).

    Attributes:
        alias: In lower case.
        join: The join that brings it in; None for what FROM names.
    """

    alias: str
    node: exp.Expr
    join: exp.Join | None
    table: exp.Table | None
    selects: tuple[exp.Select, ...]


class Block:
    """One SELECT: its sources by alias, its columns by name, and the SELECT it is a part of, if it is correlated."""

    def __init__(self, select: exp.Select, statement: Statement) -> None:
        self.select = select
        self.statement = statement
        self.sources = {source.alias: source for source in _sources(select)}
        self._exports: dict[str, bool | None] = {}

    @property
    def outer(self) -> Block | None:
        """The SELECT around a subquery or lateral join, whose columns it may use."""
        parent = self.select.parent
        while parent is not None and not isinstance(parent, (exp.CTE, exp.From)):
            if isinstance(parent, exp.Select):
                return self.statement.block(parent)
            parent = parent.parent
        return None

    def projection(self, name: str) -> exp.Expr | None:
        """The expression of an output column that the SELECT spells out."""
        for projected in self.select.expressions:
            if projected.output_name.lower() == name:
                return _unaliased(projected)
            if isinstance(projected, exp.Star) or (isinstance(projected, exp.Column) and projected.is_star):
                star = projected if isinstance(projected, exp.Star) else projected.this
                for replaced in star.args.get("replace") or []:
                    if replaced.output_name.lower() == name:
                        return _unaliased(replaced)
        return None

    def starred(self) -> Iterator[Source]:
        """The sources whose columns a star passes on."""
        for projected in self.select.expressions:
            if isinstance(projected, exp.Star):
                yield from self.sources.values()
            elif isinstance(projected, exp.Column) and projected.is_star and projected.table.lower() in self.sources:
                yield self.sources[projected.table.lower()]

    def exports(self, name: str) -> bool | None:
        """Whether the output has the column; None where only the warehouse knows."""
        if name not in self._exports:
            passed: list[bool | None] = [True]
            if self.projection(name) is None:
                passed = [self.statement.exports(source, name) for source in self.starred()]
            self._exports[name] = True if any(passed) else None if None in passed else False
        return self._exports[name]

    def owner(self, column: exp.Column) -> Source | None:
        """The source of a column, of this block or of one around it; None where that cannot be told."""
        block: Block | None = self
        while block is not None:
            source = block.own(column)
            if source is not None:
                return source
            block = block.outer
        return None

    def own(self, column: exp.Column) -> Source | None:
        """The source of a column among this block's own."""
        if column.table:
            return self.sources.get(column.table.lower())
        if len(self.sources) == 1 and self.outer is None:
            return next(iter(self.sources.values()))
        answers = {alias: self.statement.exports(source, column.name.lower()) for alias, source in self.sources.items()}
        sure = [alias for alias, answer in answers.items() if answer]
        possible = [alias for alias, answer in answers.items() if answer is None]
        if sure:
            return self.sources[sure[0]]
        return self.sources[possible[0]] if len(possible) == 1 else None

    def conditions(self) -> Iterator[exp.Expr]:
        """What a row of this block must meet: the parts between AND, of joins, WHERE and QUALIFY."""
        for join in self.select.args.get("joins") or []:
            for key in ("on", "match_condition"):
                yield from _conjuncts(join.args.get(key))
        for key in ("where", "qualify", "having"):
            clause = self.select.args.get(key)
            yield from _conjuncts(clause.this if clause else None)

    def inside(self, *kinds: type[Kind]) -> Iterator[Kind]:
        """The expressions of a kind in this block itself, not in a query within it."""
        for found in self.statement.all(*kinds):
            if found.parent_select is self.select:
                yield found


class Statement:
    """A compiled query, walked once.

    Args:
        query: Changed in place: CTEs that dbt put in for ephemeral models go, for those are models of their own.
        has_column: Whether a table has a column; None where only the warehouse knows.
    """

    def __init__(self, query: exp.Query, has_column: HasColumn) -> None:
        _drop_ephemerals(query)
        self.query = query
        self._has_column = has_column
        self._by_kind: defaultdict[type, list[Any]] = defaultdict(list)
        for node in query.walk():
            self._by_kind[type(node)].append(node)
        self._blocks: dict[int, Block] = {}

    def all(self, *kinds: type[Kind]) -> Iterator[Kind]:
        """Every expression of exactly these kinds."""
        for kind in kinds:
            yield from self._by_kind.get(kind, ())

    def block(self, select: exp.Select) -> Block:
        """The block of a SELECT of this statement."""
        if id(select) not in self._blocks:
            self._blocks[id(select)] = Block(select, self)
        return self._blocks[id(select)]

    def blocks(self) -> Iterator[Block]:
        """Every SELECT."""
        return (self.block(select) for select in self.all(exp.Select))

    def result(self) -> list[Block]:
        """The SELECTs whose rows are the rows of the statement: several under a union."""
        return [self.block(select) for select in branches(self.query)]

    def exports(self, source: Source, name: str) -> bool | None:
        """Whether a source has a column; None where only the warehouse knows."""
        if source.selects:
            return self.block(source.selects[0]).exports(name)
        if source.table is not None:
            return self._has_column(source.table, name)
        columns = source.node.alias_column_names
        return name in {column.lower() for column in columns} if columns else None


def branches(query: exp.Expr) -> tuple[exp.Select, ...]:
    """The SELECTs of a query: itself, or the arms of its unions."""
    found, stack = [], [query]
    while stack:
        part = stack.pop()
        if isinstance(part, exp.Select):
            found.append(part)
        elif isinstance(part, exp.SetOperation):
            stack += [part.expression, part.this]
        elif isinstance(part, (exp.Subquery, exp.Paren)):
            stack.append(part.this)
    return tuple(found)


def own_nodes(expression: exp.Expr, *kinds: type[Kind]) -> Iterator[Kind]:
    """The parts of an expression of these kinds, without those of queries in it."""
    for node in expression.walk(prune=lambda node: isinstance(node, exp.Query)):
        if isinstance(node, kinds):
            yield node


def _sources(select: exp.Select) -> Iterator[Source]:
    from_ = select.args.get("from_")
    pairs: list[tuple[exp.Expr, exp.Join | None]] = [(from_.this, None)] if from_ else []
    pairs += [(join.this, join) for join in select.args.get("joins") or []]
    pairs += [(lateral, None) for lateral in select.args.get("laterals") or []]
    for number, (node, join) in enumerate(pairs):
        for nested in node.args.get("joins") or []:
            pairs.append((nested.this, nested))  # `a join (b join c)`: the inner ones come after
        yield _source(node, join, number)


def _source(node: exp.Expr, join: exp.Join | None, number: int) -> Source:
    alias = (node.alias_or_name or f"({number})").lower()
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        query = None if node.args.get("db") else _cte(node)
        return Source(alias, node, join, None if query else node, branches(query) if query else ())
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table):
        return _source(node.this, join, number)
    if isinstance(node, exp.Subquery) or (isinstance(node, exp.Lateral) and isinstance(node.this, exp.Subquery)):
        return Source(alias, node, join, None, branches(node.this))
    return Source(alias, node, join, None, ())


def _cte(table: exp.Table) -> exp.Expr | None:
    """The query that a bare name means, looked up outwards; a recursive one does not find itself."""
    name, above = table.name.lower(), table.parent
    while above is not None:
        with_ = above.args.get("with_")
        if with_ is not None:
            for cte in with_.expressions:
                if cte.alias.lower() == name and not _is_within(table, cte):
                    return cte.this  # type: ignore[no-any-return]
        above = above.parent
    return None


def _is_within(node: exp.Expr, ancestor: exp.Expr) -> bool:
    above: exp.Expr | None = node
    while above is not None:
        if above is ancestor:
            return True
        above = above.parent
    return False


def _conjuncts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    stack = [condition] if condition is not None else []
    while stack:
        part = stack.pop().unnest()
        if isinstance(part, exp.And):
            stack += [part.right, part.left]
        else:
            yield part


def _unaliased(projected: exp.Expr) -> exp.Expr:
    return projected.this if isinstance(projected, exp.Alias) else projected


def _drop_ephemerals(query: exp.Query) -> None:
    with_ = query.args.get("with_")
    if with_ is None:
        return
    kept = [cte for cte in with_.expressions if not cte.alias.lower().startswith(EPHEMERAL)]
    if len(kept) < len(with_.expressions):
        with_.set("expressions", kept)
        if not kept:
            query.set("with_", None)
