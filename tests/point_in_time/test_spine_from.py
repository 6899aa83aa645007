"""spine_from holds each entity at every multiple of its period since 1970, while the entity was known."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from histories import histories
from hypothesis import given, settings
from oracle import EPOCH, micros

if TYPE_CHECKING:
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


def rows_of(got: list[Row]) -> list[tuple[object, ...]]:
    return sorted((*list(row.values())[:-1], micros(row["event_timestamp"])) for row in got)


@given(history=histories)
@settings(deadline=None)
def test_the_grid_goes_from_the_first_visible_row_to_the_last(warehouse, history):
    """Both bounds inclusive, to the microsecond; a row is visible from the later of its event and its created timestamp."""
    warehouse.engine.load(history)

    got = warehouse.engine.query(warehouse.sql["readings_spine"])

    assert rows_of(got) == grid(history["readings"], ["sensor_id"], HALF_HOUR_US, None)


@given(history=histories)
@settings(deadline=None)
def test_the_grid_ends_where_until_says(warehouse, history):
    warehouse.engine.load(history)

    got = warehouse.engine.query(warehouse.sql["pairs_spine"])

    until = max((row["observed_at"] for row in history["spine"] if row["observed_at"]), default=None)
    expected = [] if until is None else grid(history["pairs"], ["left_id", "right_id"], 2 * HALF_HOUR_US, micros(until))
    assert rows_of(got) == expected


def test_the_grid_is_anchored_at_1970_before_and_after_it(warehouse):
    around = [datetime(1969, 12, 31, 23, 15), datetime(1970, 1, 1, 0, 45)]
    readings = [{"sensor_id": 1, "event_at": at, "known_at": None} for at in around]
    warehouse.engine.load({"spine": [], "readings": readings, "pairs": [], "constants": []})

    got = warehouse.engine.query(warehouse.sql["readings_spine"])

    epoch = EPOCH.replace(tzinfo=None)
    assert sorted(row["event_timestamp"] for row in got) == [epoch + timedelta(minutes=m) for m in (-30, 0, 30)]
