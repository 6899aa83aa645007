"""What FROM and JOIN name: tables of the warehouse, queries, pivots, generated rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What one alias in FROM or JOIN stands for: a table of the warehouse, a query, or generated rows (neither of both).

    Attributes:
        alias: In lower case.
        join: The join that brings it in; None for what FROM names.
        pivot: What turns its rows into columns, if anything does.
    """

    alias: str
    node: exp.Expr
    join: exp.Join | None
    table: exp.Table | None
    selects: tuple[exp.Select, ...]
    pivot: exp.Pivot | None = None


def sources_of(select: exp.Select) -> Iterator[Source]:
    """What a SELECT names in FROM and its joins."""
    from_ = select.args.get("from_")
    pairs: list[tuple[exp.Expr, exp.Join | None]] = [(from_.this, None)] if from_ else []
    pairs += [(join.this, join) for join in select.args.get("joins") or []]
    pairs += [(lateral, None) for lateral in select.args.get("laterals") or []]
    for number, (node, join) in enumerate(pairs):
        for nested in node.args.get("joins") or []:
            pairs.append((nested.this, nested))  # `a join (b join c)`: the inner ones come after
        yield _source(node, join, number)


def _source(node: exp.Expr, join: exp.Join | None, number: int) -> Source:
    pivot = next((each for each in node.args.get("pivots") or [] if not each.args.get("unpivot")), None)
    alias = ((pivot.alias if pivot is not None else "") or node.alias_or_name or f"({number})").lower()
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        query = None if node.args.get("db") else _cte(node)
        table = node if query is None else None
        return Source(alias, node, join, table, branches(query), pivot or _as_pivot(query))
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table):
        return _source(node.this, join, number)
    if isinstance(node, exp.Subquery) or (isinstance(node, exp.Lateral) and isinstance(node.this, exp.Subquery)):
        return Source(alias, node, join, None, branches(node.this), pivot or _as_pivot(node.this))
    return Source(alias, node, join, None, ())


def _as_pivot(query: exp.Expr | None) -> exp.Pivot | None:
    """A query that is nothing but a pivot, as DuckDB writes it: `pivot orders on channel using sum(amount)`."""
    return query if isinstance(query, exp.Pivot) else None


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


def branches(query: exp.Expr | None) -> tuple[exp.Select, ...]:
    """The SELECTs of a query: itself, or the arms of its unions; none of what is no query."""
    found, stack = [], [query] if query is not None else []
    while stack:
        part = stack.pop()
        if isinstance(part, exp.Select):
            found.append(part)
        elif isinstance(part, exp.SetOperation):
            stack += [part.expression, part.this]
        elif isinstance(part, (exp.Subquery, exp.Paren)):
            stack.append(part.this)
    return tuple(found)
