"""A description as a page of text: facts, then tables, then snippets."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from featurectl.cli.text import cell, duration, table

if TYPE_CHECKING:
    from collections.abc import Mapping

SNIPPETS = ("python", "sql", "training_python", "training_sql")
HEAD = ("type", "name", "description")


def page(described: Mapping[str, Any]) -> str:
    """The description for people; absent facts are left out."""
    facts = [
        (_label(key), cell(_shown(key, value)))
        for key, value in described.items()
        if key not in {*HEAD, *SNIPPETS} and not _is_table(value) and value not in (None, [], {}, "")
    ]
    width = max((len(label) for label, _ in facts), default=0)
    parts = [f"{described['type']} {described['name']}"]
    if described.get("description"):
        parts[0] += "\n" + textwrap.fill(described["description"], 100, initial_indent="  ", subsequent_indent="  ")
    parts.append("\n".join(f"  {label.ljust(width)}  {text}" for label, text in facts))
    for key, value in described.items():
        if _is_table(value):
            columns = [column for column in value[0] if any(row[column] not in (None, "", {}, []) for row in value)]
            parts.append(f"{_label(key)}:\n" + textwrap.indent(table(value, columns), "  "))
    parts += [f"{_label(key)}:\n" + textwrap.indent(described[key], "  ") for key in SNIPPETS if described.get(key)]
    return "\n\n".join(parts)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _label(key: str) -> str:
    return key.removesuffix("_seconds").replace("_", " ")


def _shown(key: str, value: Any) -> Any:
    return duration(value) if key.endswith("_seconds") else value
