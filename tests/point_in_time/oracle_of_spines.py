"""The instants of a spine made from a view, found by trying every one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from oracle import micros

if TYPE_CHECKING:
    from engines import History
    from oracle import Row

HALF_HOUR_US = 1_800_000_000


def grid(rows: list[Row], keys: list[str], every_us: int, until_us: int | None) -> list[tuple[object, ...]]:
    """Keys and microseconds, found by trying every instant of a few days around the data."""
    visible = defaultdict(list)
    for row in rows:
        key = tuple(row[name] for name in keys)
        if None not in key and row["event_at"] is not None:
            visible[key].append(max(micros(row["event_at"]), micros(row.get("known_at") or row["event_at"])))
    spine = []
    for key, times in visible.items():
        last = max(times) if until_us is None else until_us
        start = min(times) - every_us - min(times) % every_us
        spine += [(*key, at) for at in range(start, last + 1, every_us) if min(times) <= at]
    return sorted(spine)


def readings_spine(history: History) -> list[tuple[object, ...]]:
    """What the model of that name holds."""
    return grid(history["readings"], ["sensor_id"], HALF_HOUR_US, None)


def pairs_spine(history: History) -> list[tuple[object, ...]]:
    """What the model of that name holds: until the greatest time of the spine."""
    until = max((row["observed_at"] for row in history["spine"] if row["observed_at"]), default=None)
    return [] if until is None else grid(history["pairs"], ["left_id", "right_id"], 2 * HALF_HOUR_US, micros(until))


def instants(got: list[Row]) -> list[tuple[object, ...]]:
    """The rows of an engine as the oracle gives them."""
    return sorted((*list(row.values())[:-1], micros(row["event_timestamp"])) for row in got)
