"""A plan as a comment on a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.cli.plan_text import movement_rows, summary
from featurectl.cli.plan_words import sentence, sign

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from featurectl.plan.changes import Plan

MARK = "<!-- featurectl plan -->"
MAX_CHARACTERS = 60_000  # GitHub takes 65,536
_TITLES = {0: "no differences", 2: "changes", 3: "breaking changes"}


def as_markdown(plan: Plan) -> str:
    """Tables under a title; begins with a mark by which a bot finds its own comment again; never too long for GitHub."""
    parts = [MARK, f"### Feature plan: {_TITLES[plan.exit_code]}", summary(plan)]
    if plan.changes:
        parts.append(_table(("", "what", "change", "breaks"), list(_rows(plan))))
    if plan.retired:
        parts.append(f"Retired, served until `featurectl gc` removes it: {_escaped(', '.join(plan.retired))}.")
    if plan.warnings:
        parts.append("\n".join(f"- :warning: {_escaped(warning)}" for warning in plan.warnings))
    if plan.movements:
        rows = [tuple(row.values()) for row in movement_rows(plan.movements)]
        table = _table(("view", "rows", "bytes", "read"), rows)
        parts.append(
            f"<details><summary>What a sync now would read, to write what is not older than online</summary>\n\n{table}\n\n</details>"
        )
    return "\n\n".join(parts)


def _rows(plan: Plan) -> Iterable[tuple[str, ...]]:
    for change in plan.changes:
        what = f"{change.kind} {_code(change.name)}"
        if not change.details:
            broken = change.removal.broken if change.removal else ""
            yield f"`{sign(change)}`", what, change.action, broken
        for detail in change.details:
            broken = detail.breaking.broken if detail.breaking else ""
            yield f"`{sign(detail)}`", what, sentence(detail), broken


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """What does not fit in a comment is counted."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    length = 0
    for index, row in enumerate(rows):
        line = f"| {' | '.join(map(_escaped, row))} |"
        length += len(line)
        if length > MAX_CHARACTERS // 2:  # two tables at most
            lines.append(f"\n... and {len(rows) - index} more")
            break
        lines.append(line)
    return "\n".join(lines)


def _code(text: str) -> str:
    return f"`{text}`"


def _escaped(text: str) -> str:
    """On one line, no cell or tag of its own; nobody is mentioned by a name in a description."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("@", "@\u200b")
