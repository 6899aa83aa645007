"""Rolling aggregates of what was known at an instant, counted by a plain loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oracle import micros

if TYPE_CHECKING:
    from engines import History
    from oracle import Row

MINUTE_US = 60_000_000
WINDOWS = {"1h": 60 * MINUTE_US, "90m": 90 * MINUTE_US, "2h": 120 * MINUTE_US, "4h": 240 * MINUTE_US}
FUNCTIONS = {
    "count": len,
    "count_distinct": lambda values: len(set(values)),
    "sum": lambda values: sum(values) if values else None,
    "avg": lambda values: sum(values) / len(values) if values else None,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
}
# (output, column or none for the events themselves, function, window) of each model
READINGS = [
    (f"{name}_{function}_{window}", column, function, window)
    for name, column, function, windows in [
        ("events", None, "count", ["1h", "90m"]),
        ("label", "label", "count", ["1h", "90m"]),
        ("level", "level", "sum", ["1h", "90m"]),
        ("level", "level", "avg", ["1h", "90m"]),
        ("level", "level", "min", ["1h", "90m"]),
        ("number", "batch", "max", ["1h", "90m"]),
        ("label", "label", "count_distinct", ["2h", "1h"]),
        ("rows", None, "count", ["2h", "1h"]),
    ]
    for window in windows
]
PAIRS = [
    ("pairs_count_1h", None, "count", "1h"),
    ("pairs_count_4h", None, "count", "4h"),
    ("score_sum_1h", "score", "sum", "1h"),
    ("score_sum_4h", "score", "sum", "4h"),
    ("remark_count_distinct_1h", "remark", "count_distinct", "1h"),
]


def known_us(event: Row) -> int | None:
    """The instant from which an event is known."""
    created = micros(event.get("known_at"))
    return micros(event["event_at"]) if created is None else created


def events_of(key: tuple[Any, ...], events: list[Row], names: tuple[str, ...]) -> list[Row]:
    """The events of a key, which has no null in it, that happened at some time."""
    return [row for row in events if None not in key and row["event_at"] and tuple(row[name] for name in names) == key]


def aggregates(events: list[Row], columns: list[Any], at_us: int | None) -> Row:
    """Aggregates around the newest event known at an instant, over the events known then."""
    seen = [] if at_us is None else [row for row in events if max(micros(row["event_at"]), known_us(row)) <= at_us]
    if not seen:
        return {name: None for name, *_ in columns}
    newest = max(micros(row["event_at"]) for row in seen)
    values = {}
    for name, column, function, window in columns:
        inside = [row for row in seen if newest - micros(row["event_at"]) < WINDOWS[window]]
        inputs = [1 if column is None else row[column] for row in inside]
        values[name] = FUNCTIONS[function]([value for value in inputs if value is not None])
    return values


def rolling_training(history: History) -> list[Row]:
    """The spine rows of a history with what the model `rolling_training` adds."""
    rows = []
    for row in history["spine"]:
        at_us = micros(row["observed_at"])
        readings = events_of((row["sensor_id"],), history["readings"], ("sensor_id",))
        pairs = events_of((row["left_id"], row["right_id"]), history["pairs"], ("left_id", "right_id"))
        rows.append(row | aggregates(readings, READINGS, at_us) | aggregates(pairs, PAIRS, at_us))
    return rows
