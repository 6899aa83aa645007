"""A training set over rolling_window holds the aggregates of all events known at its time, counted by a plain loop."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from forms import canonical
from histories import histories
from hypothesis import given, settings
from oracle import EPOCH, micros
from oracle_of_windows import WINDOWS, events_of, known_us, rolling_training

MODELS = ["rolling_readings", "rolling_labels", "rolling_pairs", "rolling_remarks"]


@pytest.fixture(scope="module")
def views(warehouse):
    """The rolling models as views of the warehouse, so that they follow each history."""
    for name in MODELS:
        warehouse.engine.connection.execute(f"create view {name} as {warehouse.sql[name]}")
    return warehouse


@given(history=histories)
@settings(deadline=None)
def test_a_training_set_over_rolling_windows_equals_counting_what_was_known(views, history):
    """Late events, equal times, nulls, bounds to the microsecond, with and without created timestamps, one pass or many."""
    views.engine.load(history)

    got = views.engine.query(views.sql["rolling_training"])

    assert canonical(got) == canonical(rolling_training(history))


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
