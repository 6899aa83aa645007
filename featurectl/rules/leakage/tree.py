"""A query as blocks (one a SELECT) that know where their columns come from."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeVar

from sqlglot import exp

from featurectl.artifacts.compiled import EPHEMERAL
from featurectl.rules.leakage.sources import branches, sources_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from featurectl.rules.leakage.sources import Source

    HasColumn = Callable[[exp.Table, str], bool | None]

Kind = TypeVar("Kind", bound="exp.Expr")


class Block:
    """One SELECT: its sources by alias, its columns by name, and the SELECT it is a part of, if it is correlated."""

    def __init__(self, select: exp.Select, statement: Statement) -> None:
        self.select = select
        self.statement = statement
        self.sources = {source.alias: source for source in sources_of(select)}
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

    def place(self, name: str) -> int | None:
        """The place of an output column; None where it is not spelled out, or comes after a star."""
        for place, projected in enumerate(self.select.expressions):
            if projected.is_star:
                return None
            if projected.output_name.lower() == name:
                return place
        return None

    def projection_at(self, place: int) -> exp.Expr | None:
        """The expression of the output column at a place; None where a star comes before it."""
        before = self.select.expressions[: place + 1]
        if len(before) <= place or any(projected.is_star for projected in before):
            return None
        return _unaliased(before[place])

    def is_matched_by_name(self) -> bool:
        """Whether it is an arm of a UNION BY NAME."""
        parent = self.select.parent
        while isinstance(parent, (exp.Subquery, exp.SetOperation)):
            if parent.args.get("by_name"):
                return True
            parent = parent.parent
        return False

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
                yield from conjuncts(join.args.get(key))
        for key in ("where", "qualify", "having"):
            clause = self.select.args.get(key)
            yield from conjuncts(clause.this if clause else None)

    def inside(self, *kinds: type[Kind]) -> Iterator[Kind]:
        """The expressions of a kind in this block itself, not in a query within it."""
        for found in self.statement.all(*kinds):
            if found.parent_select is self.select:
                yield found


class Statement:
    """A compiled query, walked once.

    Args:
        query: Changed in place: CTEs that dbt put in for ephemeral models go, for those are models of their own; names in brackets after
            an alias go to the columns that they name.
        has_column: Whether a table has a column; None where only the warehouse knows.
    """

    def __init__(self, query: exp.Query, has_column: HasColumn) -> None:
        _drop_ephemerals(query)
        _name_columns(query)
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


def own_nodes(expression: exp.Expr, *kinds: type[Kind]) -> Iterator[Kind]:
    """The parts of an expression of these kinds, without those of queries in it."""
    for node in expression.walk(prune=lambda node: isinstance(node, exp.Query)):
        if isinstance(node, kinds):
            yield node


def conjuncts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    """The parts of a condition between AND."""
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


def _name_columns(query: exp.Query) -> None:
    """`with a (x) as (select y ...)` is `with a as (select y as x ...)`."""
    for named in query.find_all(exp.CTE, exp.Subquery):
        names = named.alias_column_names
        arms = branches(named.this) if names and not named.args.get("pivots") else ()
        projections = arms[0].expressions if arms else []
        if len(projections) < len(names) or any(projected.is_star for projected in projections):
            continue
        for projected, name in zip(projections, names, strict=False):
            projected.replace(exp.alias_(_unaliased(projected).copy(), name))
