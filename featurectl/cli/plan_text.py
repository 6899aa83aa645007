"""A plan for people at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from featurectl.cli.plan_words import BREAKING_SIGN, sentence, sign, size
from featurectl.cli.text import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from featurectl.plan.changes import Change, Detail, Movement, Plan

_COLORS = {"+": "green", "~": "yellow", "-": "red", BREAKING_SIGN: "bright_red"}


def as_text(plan: Plan) -> str:
    """Every change with its details, what a sync would move, the counts."""
    parts = ["\n".join(line for change in plan.changes for line in _change(change))] if plan.changes else []
    if plan.retired:
        parts.append(f"retired, served until `featurectl gc` removes it: {', '.join(plan.retired)}")
    if plan.movements:
        parts.append(_movements(plan.movements))
    parts.append(summary(plan))
    return "\n\n".join(parts)


def summary(plan: Plan) -> str:
    """The counts on one line."""
    if not plan.changes:
        return f"No differences from {plan.against}."
    counts = f"{plan.count('added')} to add, {plan.count('changed')} to change, {plan.count('removed')} to remove"
    return f"{counts}; {plan.breaking_count} breaking. Compared with {plan.against}."


def movement_rows(movements: Iterable[Movement]) -> list[dict[str, str]]:
    """The columns that people read."""
    return [
        {"view": each.view, "rows": f"{each.rows:,}", "bytes": size(each.bytes), "read": each.problem or each.read}
        for each in movements
    ]


def _change(change: Change) -> Iterable[str]:
    yield f"{_signed(change)} {change.kind} {change.name}"
    if change.removal is not None:
        yield f"      {change.removal}"
    for detail in change.details:
        yield f"    {_signed(detail)} {sentence(detail)}"
        if detail.breaking is not None:
            yield f"        breaks {detail.breaking.broken}"


def _signed(change: Change | Detail) -> str:
    return click.style(sign(change), fg=_COLORS[sign(change)])


def _movements(movements: tuple[Movement, ...]) -> str:
    """What is read, a row a view; then why some views are not written, a line each: reasons are too long for a column."""
    moved = [each for each in movements if each.problem is None]
    total = f"{sum(each.rows for each in moved):,} rows ({size(sum(each.bytes for each in moved))})"
    head = f"A sync now would read {total} and write each that is not older than the one online:"
    rows = [
        row | {"read": each.read} for row, each in zip(movement_rows(movements), movements, strict=True) if each.read
    ]
    problems = [f"{each.view}: {each.problem.removeprefix(f'{each.view}: ')}" for each in movements if each.problem]
    parts = [head if moved else "A sync now would write nothing:"]
    parts += [table(rows, ("view", "rows", "bytes", "read"))] if rows else []
    return "\n".join(parts + problems)
