"""A plan's details in words, for the terminal and for pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from featurectl.cli.text import cell, duration

if TYPE_CHECKING:
    from featurectl.plan.changes import Change, Detail

SIGNS = {"added": "+", "changed": "~", "removed": "-"}
BREAKING_SIGN = "!"
_LABELS = {
    "ttl_seconds": "ttl",
    "join_keys": "join keys",
    "feature_order": "order of features",
    "is_latest": "latest version",
    "deprecation_date": "deprecation date",
    "retired_at": "retired",
}
_SHOWN_CHARACTERS = 60


def sign(change: Change | Detail) -> str:
    """``!`` for what breaks something, else ``+``, ``~`` or ``-``."""
    return BREAKING_SIGN if change.breaking else SIGNS[change.action]


def sentence(detail: Detail) -> str:
    """What is different, on one line: ``ttl: 30 days -> 7 days``."""
    kind, _, name = detail.path.partition(".")
    if detail.path == "features":
        return f"list of features: {_list(detail.before, detail.after)}"
    if detail.path == "sql":
        return f"sql of {', '.join(detail.after)}"
    if kind == "features":
        label = f"feature {name}"
    elif kind == "defaults":
        label = f"default of {name}"
    else:
        label = _LABELS.get(detail.path, (name or kind).replace("_", " "))
    if detail.action == "added":
        return f"{label}: {_value(detail.path, detail.after)}"
    if detail.action == "removed":
        return f"{label} removed, was {_value(detail.path, detail.before)}"
    return f"{label}: {_value(detail.path, detail.before)} -> {_value(detail.path, detail.after)}"


def size(count: int) -> str:
    """Bytes in the unit that leaves one to three digits before the point: ``1.2 MB``."""
    value, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while value >= 1000 and len(units) > 1:  # noqa: PLR2004 - SI units
        value, units = value / 1000, units[1:]
    return f"{count} B" if units[0] == "B" else f"{value:.1f} {units[0]}"


def _list(before: list[str], after: list[str]) -> str:
    """What came and what went; where neither did, the order did."""
    moves = [f"- {each}" for each in before if each not in after] + [
        f"+ {each}" for each in after if each not in before
    ]
    return ", ".join(moves) or f"another order: {', '.join(after)}"


def _value(path: str, value: Any) -> str:
    if path == "ttl_seconds":
        return duration(value) or "-"
    text = cell(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 3] + "..."
