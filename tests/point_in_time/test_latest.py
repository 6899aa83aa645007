"""latest holds what the point-in-time join finds for each entity at one instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from histories import histories, instants
from hypothesis import given, settings
from oracle import View, winner

if TYPE_CHECKING:
    from oracle import Row

FEATURES = ["level", "label", "ratio"]
DEFAULTS = {"level": -1, "label": "none's", "ratio": None}
VIEWS = {
    "readings": View(
        {"sensor_id": "sensor_id"},
        "event_at",
        FEATURES,
        created_timestamp="known_at",
        ttl_seconds=3600,
        tombstone="is_deleted",
    ),
    "pairs": View({"left_id": "left_id", "right_id": "right_id"}, "event_at", ["score", "remark"], ttl_seconds=3600),
    "constants": View({"place": "place"}, "valid_from", ["height"]),
}


def canonical(rows: list[Row]) -> list[str]:
    """Rows in an order of their own, columns by name, NaN equal to itself."""
    return sorted(repr(sorted(row.items())) for row in rows)


def newest_rows(view: View, rows: list[Row], at: datetime | None) -> list[Row]:
    """The winner of each entity; among rows that tie in all that counts, the one with a known_at, then the greatest batch."""
    ordered = sorted(rows, key=lambda row: (row.get("known_at") is not None, row.get("batch", 0)), reverse=True)
    entities = {tuple(row[key] for key in view.join_keys) for row in rows}
    found = [
        winner(view, ordered, dict(zip(view.join_keys, entity, strict=True)) | {"at": at}, "at", known_at_cutoff=True)
        for entity in entities
    ]
    return [row for row in found if row is not None]


@given(history=histories)
@settings(deadline=None)
@pytest.mark.parametrize("name", VIEWS)
def test_latest_is_the_whole_winner_of_each_entity(warehouse, name, history):
    """All columns of the contract, the excluded ones too; as of the greatest time of the spine, or of none."""
    warehouse.engine.load(history)

    got = warehouse.engine.query(warehouse.sql[f"latest_{name}"])

    at = max((row["observed_at"] for row in history["spine"] if row["observed_at"]), default=None)
    assert canonical(got) == canonical(newest_rows(VIEWS[name], history[name], at))


@given(history=histories, at=instants)
@settings(deadline=None)
def test_latest_equals_a_training_set_of_each_entity_at_that_instant(warehouse, history, at):
    spine: list[dict[str, Any]] = [
        {"row_id": sensor, "observed_at": at, "sensor_id": sensor, "left_id": None, "right_id": None, "origin": None}
        | {"destination": None}
        for sensor in (1, 2)
    ]
    warehouse.engine.load(history | {"spine": spine})

    latest = {row["sensor_id"]: row for row in warehouse.engine.query(warehouse.sql["latest_readings"])}
    training = warehouse.engine.query(warehouse.sql["training"])

    for row in training:
        expected = latest.get(row["sensor_id"], DEFAULTS)
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
