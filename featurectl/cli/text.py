"""Plain text for people: aligned tables, durations, JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Rows under a head of capitals, columns aligned, two spaces apart; lists joined, absent values as `-`."""
    lines = [[column.replace("_", " ").upper() for column in columns]]
    lines += [[cell(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(line[index]) for line in lines) for index in range(len(columns))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def cell(value: Any) -> str:
    """One value on one line."""
    if value is None or value in ("", [], {}):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(cell(entry) for entry in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {cell(entry)}" for key, entry in value.items())
    return " ".join(str(value).split())


def duration(seconds: int | None) -> str | None:
    """Seconds in the greatest unit that divides them: 604800 is `7 days`."""
    if seconds is None:
        return None
    unit, size = next((unit, size) for unit, size in _UNITS if seconds % size == 0)
    count = seconds // size
    return counted(count, unit)


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``1 row``, ``2 rows``, ``1,200 rows``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def to_json(value: Any) -> str:
    """Readable JSON; dataclasses become objects."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
