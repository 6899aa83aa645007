"""The point-in-time join as a plain nested loop: the rule of the design, without SQL, to hold every engine against."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


@dataclass(frozen=True)
class View:
    """What the join needs to know of a feature view; `join_keys` maps view column to spine column."""

    join_keys: dict[str, str]
    event_timestamp: str
    features: list[str]
    created_timestamp: str | None = None
    ttl_seconds: int | None = None
    tombstone: str | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    prefix: str = ""


def micros(value: date | datetime | None) -> int | None:
    """UTC microseconds since 1970; naive means UTC, a date its first instant."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return (value - EPOCH) // timedelta(microseconds=1)


def _rank(value: Any) -> tuple[int, Any]:
    """Order of feature values: nulls lowest, NaN greatest, false before true."""
    if value is None:
        return (0, 0)
    if isinstance(value, float) and math.isnan(value):
        return (2, 0)
    return (1, value)


def winner(
    view: View, history: list[Row], spine_row: Row, event_timestamp: str, *, known_at_cutoff: bool
) -> Row | None:
    """The feature row that was known for this spine row, or None."""
    at = micros(spine_row[event_timestamp])
    best: tuple[tuple[Any, ...], Row] | None = None
    for row in history:
        if any(row[mine] is None or row[mine] != spine_row[theirs] for mine, theirs in view.join_keys.items()):
            continue
        event = micros(row[view.event_timestamp])
        if event is None or at is None or event > at:
            continue
        if view.ttl_seconds is not None and event < at - view.ttl_seconds * 1_000_000:
            continue
        created = micros(row[view.created_timestamp]) if view.created_timestamp else None
        created = event if created is None else created
        if known_at_cutoff and created > at:
            continue
        order = (event, created, *(_rank(row[name]) for name in view.features))
        if view.tombstone:
            order = (*order, _rank(row[view.tombstone]))
        if best is None or order > best[0]:
            best = (order, row)
    if best is None or (view.tombstone and best[1][view.tombstone]):
        return None
    return best[1]


def training_set(
    spine: list[Row],
    event_timestamp: str,
    views: list[tuple[View, list[Row]]],
    *,
    known_at_cutoff: bool = True,
) -> list[Row]:
    """One output row per spine row: the spine's columns, then every feature of every view."""
    rows = []
    for spine_row in spine:
        row = dict(spine_row)
        for view, history in views:
            found = winner(view, history, spine_row, event_timestamp, known_at_cutoff=known_at_cutoff)
            for name in view.features:
                row[view.prefix + name] = view.defaults.get(name) if found is None else found[name]
        rows.append(row)
    return rows
