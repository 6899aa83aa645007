"""spine_from holds each entity at every multiple of its period since 1970, while the entity was known."""

from __future__ import annotations

from datetime import datetime, timedelta

from histories import histories
from hypothesis import given, settings
from oracle import EPOCH
from oracle_of_spines import instants, pairs_spine, readings_spine


@given(history=histories)
@settings(deadline=None)
def test_the_grid_goes_from_the_first_visible_row_to_the_last(warehouse, history):
    """Both bounds inclusive, to the microsecond; a row is visible from the later of its event and its created timestamp."""
    warehouse.engine.load(history)

    got = warehouse.engine.query(warehouse.sql["readings_spine"])

    assert instants(got) == readings_spine(history)


@given(history=histories)
@settings(deadline=None)
def test_the_grid_ends_where_until_says(warehouse, history):
    warehouse.engine.load(history)

    got = warehouse.engine.query(warehouse.sql["pairs_spine"])

    assert instants(got) == pairs_spine(history)


def test_the_grid_is_anchored_at_1970_before_and_after_it(warehouse):
    around = [datetime(1969, 12, 31, 23, 15), datetime(1970, 1, 1, 0, 45)]
    readings = [{"sensor_id": 1, "event_at": at, "known_at": None} for at in around]
    warehouse.engine.load({"spine": [], "readings": readings, "pairs": [], "constants": []})

    got = warehouse.engine.query(warehouse.sql["readings_spine"])

    epoch = EPOCH.replace(tzinfo=None)
    assert sorted(row["event_timestamp"] for row in got) == [epoch + timedelta(minutes=m) for m in (-30, 0, 30)]
