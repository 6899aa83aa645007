"""A training set over rolling_window holds the aggregates of all events known at its time, counted by a plain loop."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from histories import histories
from hypothesis import given, settings
from oracle import EPOCH, Row, micros

MODELS = ["rolling_readings", "rolling_labels", "rolling_pairs", "rolling_remarks"]
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


@pytest.fixture(scope="module")
def views(warehouse):
    """The rolling models as views of the warehouse, so that they follow each history."""
    for name in MODELS:
        warehouse.engine.connection.execute(f"create view {name} as {warehouse.sql[name]}")
    return warehouse


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


def canonical(rows: list[Row]) -> list[str]:
    """Rows in an order of their own, columns by name."""
    return sorted(repr(sorted(row.items())) for row in rows)


@given(history=histories)
@settings(deadline=None)
def test_a_training_set_over_rolling_windows_equals_counting_what_was_known(views, history):
    """Late events, equal times, nulls, bounds to the microsecond, with and without created timestamps, one pass or many."""
    views.engine.load(history)

    got = views.engine.query(views.sql["rolling_training"])

    expected = []
    for row in history["spine"]:
        at_us = micros(row["observed_at"])
        readings = events_of((row["sensor_id"],), history["readings"], ("sensor_id",))
        pairs = events_of((row["left_id"], row["right_id"]), history["pairs"], ("left_id", "right_id"))
        expected.append(row | aggregates(readings, READINGS, at_us) | aggregates(pairs, PAIRS, at_us))
    assert canonical(got) == canonical(expected)


@given(history=histories)
@settings(deadline=None)
def test_each_event_time_has_one_row_for_each_instant_its_windows_changed(views, history):
    """From the first that an event of that time was known; without late events that is one row an event time."""
    views.engine.load(history)

    got = views.engine.query("select sensor_id, event_at, known_at from rolling_readings")

    expected = set()
    for sensor in (1, 2):
        events = events_of((sensor,), history["readings"], ("sensor_id",))
        for at_us in {micros(row["event_at"]) for row in events}:
            first = min(known_us(row) for row in events if micros(row["event_at"]) == at_us)
            window = [row for row in events if 0 <= at_us - micros(row["event_at"]) < WINDOWS["90m"]]
            expected |= {(sensor, at_us, max(first, known_us(row))) for row in window}
    assert sorted((row["sensor_id"], micros(row["event_at"]), micros(row["known_at"])) for row in got) == sorted(
        expected
    )


@given(history=histories)
@settings(deadline=None)
def test_without_a_created_timestamp_there_is_one_row_an_event_time(views, history):
    views.engine.load(history)

    for model in ("rolling_pairs", "rolling_remarks"):
        got = views.engine.query(f"select left_id, right_id, event_at from {model}")

        expected = {
            (row["left_id"], row["right_id"], row["event_at"])
            for row in history["pairs"]
            if None not in (row["left_id"], row["right_id"], row["event_at"])
        }
        assert sorted(tuple(row.values()) for row in got) == sorted(expected)


@pytest.mark.parametrize(
    "event_at",
    [datetime(1650, 1, 1, 0, 0, 0, 1), datetime(1969, 12, 31, 23, 59, 59, 999999), datetime(2400, 5, 5, 0, 0, 0, 7)],
)
def test_times_come_out_to_the_microsecond_however_far_from_1970(views, event_at):
    row = {"sensor_id": 1, "event_at": event_at, "known_at": event_at + timedelta(microseconds=1)}
    views.engine.load({"spine": [], "readings": [row], "pairs": [], "constants": []})

    got = views.engine.query("select sensor_id, event_at, known_at from rolling_readings")

    assert got == [row]
    assert micros(got[0]["event_at"]) == (event_at.replace(tzinfo=EPOCH.tzinfo) - EPOCH) // timedelta(microseconds=1)
