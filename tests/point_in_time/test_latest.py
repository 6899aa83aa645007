"""latest holds what the point-in-time join finds for each entity at one instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from forms import canonical
from histories import histories, instants
from hypothesis import given, settings
from oracle_of_latest import FEATURES, VIEWS, latest

DEFAULTS = {"level": -1, "label": "none's", "ratio": None}


@given(history=histories)
@settings(deadline=None)
@pytest.mark.parametrize("name", VIEWS)
def test_latest_is_the_whole_winner_of_each_entity(warehouse, name, history):
    """All columns of the contract, the excluded ones too; as of the greatest time of the spine, or of none."""
    warehouse.engine.load(history)

    got = warehouse.engine.query(warehouse.sql[f"latest_{name}"])

    assert canonical(got) == canonical(latest(name, history))


@given(history=histories, at=instants)
@settings(deadline=None)
def test_latest_equals_a_training_set_of_each_entity_at_that_instant(warehouse, history, at):
    spine: list[dict[str, Any]] = [
        {"row_id": sensor, "observed_at": at, "sensor_id": sensor, "left_id": None, "right_id": None, "origin": None}
        | {"destination": None}
        for sensor in (1, 2)
    ]
    warehouse.engine.load(history | {"spine": spine})

    newest = {row["sensor_id"]: row for row in warehouse.engine.query(warehouse.sql["latest_readings"])}
    training = warehouse.engine.query(warehouse.sql["training"])

    for row in training:
        expected = newest.get(row["sensor_id"], DEFAULTS)
        assert repr([row[name] for name in FEATURES]) == repr([expected[name] for name in FEATURES])


def test_without_an_instant_latest_is_as_known_now(warehouse):
    """Past the TTL, in the future, and not yet known are all left out."""
    now = datetime.now(UTC).replace(tzinfo=None)
    minutes = {name: now + timedelta(minutes=offset) for name, offset in {"old": -90, "past": -10, "ahead": 10}.items()}
    columns = {"is_deleted": None, "label": None, "ratio": None}
    readings = [
        {"sensor_id": sensor, "event_at": minutes[event], "known_at": minutes[known], "batch": 0, "level": level}
        | columns
        for sensor, event, known, level in [
            (1, "past", "past", 1),
            (1, "ahead", "past", 2),
            (1, "past", "ahead", 3),
            (2, "old", "past", 4),
        ]
    ]
    warehouse.engine.load({"spine": [], "readings": readings, "pairs": [], "constants": []})

    got = warehouse.engine.query(warehouse.sql["latest_readings_now"])

    assert [(row["sensor_id"], row["level"]) for row in got] == [(1, 1)]
