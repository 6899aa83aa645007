"""Findings as text: grouped by file, the heads of a file's findings aligned, message and hint below."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from featurectl.rules.finding import Finding

COLORS = {"error": "red", "warning": "yellow", "accepted": "green"}
INDENT = "    "


def findings_page(findings: Iterable[Finding]) -> str:
    """The findings in their order, a blank line between files; styled, so that `click.echo` can strip it."""
    by_file = groupby(findings, key=lambda finding: finding.path)
    return "\n\n".join(_file(list(of_file)) for _, of_file in by_file)


def _file(findings: Sequence[Finding]) -> str:
    rows = [(_place(each), _kind(each), each.rule, each.node) for each in findings]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = []
    for row, finding, following in zip(rows, findings, [*findings[1:], None], strict=True):
        is_repeated = following is not None and (following.hint, following.accepted) == (finding.hint, finding.accepted)
        lines += [_head(row, widths), textwrap.indent(_body(finding, with_hint=not is_repeated), INDENT)]
    return "\n".join(lines)


def _head(row: Sequence[str], widths: Sequence[int]) -> str:
    place, kind, rule = (text.ljust(width) for text, width in zip(row, widths, strict=False))
    return f"{click.style(place, bold=True)}  {click.style(kind, fg=COLORS[kind.strip()])}  {rule}  {row[-1]}"


def _body(finding: Finding, *, with_hint: bool) -> str:
    """Message, SQL where the message does not quote it, reason or hint; of equal hints in a row the last is enough."""
    lines = [finding.message]
    if finding.sql and finding.sql not in finding.message:
        lines += [click.style(f"| {line}", dim=True) for line in finding.sql.splitlines()]
    if finding.accepted is not None:
        lines.append(f"Accepted: {finding.accepted}")
    elif finding.hint and with_hint:
        lines.append(f"Hint: {finding.hint}")
    return "\n".join(lines)


def _place(finding: Finding) -> str:
    return finding.path if finding.line is None else f"{finding.path}:{finding.line}"


def _kind(finding: Finding) -> str:
    return finding.severity if finding.accepted is None else "accepted"
