"""DuckDB's training set equals the brute-force loop, row for row, on random histories."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from histories import histories
from hypothesis import HealthCheck, given, settings
from oracle import View, training_set

READINGS = View(
    join_keys={"sensor_id": "sensor_id"},
    event_timestamp="event_at",
    created_timestamp="known_at",
    ttl_seconds=3600,
    tombstone="is_deleted",
    features=["level", "label", "ratio"],
    defaults={"level": -1, "label": "none's"},
)
PAIRS = View({"left_id": "left_id", "right_id": "right_id"}, "event_at", ["score", "remark"], ttl_seconds=3600)
ORIGIN = View({"place": "origin"}, "valid_from", ["height"], prefix="origin_")
DESTINATION = View({"place": "destination"}, "valid_from", ["height"], prefix="destination_")

TABLES = {
    "spine": "row_id bigint, observed_at {timestamp}, sensor_id bigint, left_id bigint, right_id bigint, origin varchar, destination varchar",
    "readings": "sensor_id bigint, event_at {timestamp}, known_at {timestamp}, is_deleted boolean, batch bigint, level bigint, label varchar, ratio double",
    "pairs": "left_id bigint, right_id bigint, event_at {timestamp}, score bigint, remark varchar",
    "constants": "place varchar, valid_from date, height bigint",
}


class Engine:
    """A DuckDB connection with the tables that the compiled SQL names, in a session zone with daylight saving."""

    def __init__(self, timestamp: str) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("attach ':memory:' as consumer; use consumer; set TimeZone = 'UTC'; set threads = 2")
        for name, columns in TABLES.items():
            self.connection.execute(f"create table {name} ({columns.format(timestamp=timestamp)})")

    def load(self, history: dict[str, list[dict[str, Any]]]) -> None:
        """Put the rows of a history in place of the last one's; datetimes go in as UTC."""
        self.connection.execute("set TimeZone = 'UTC'")
        for name, rows in history.items():
            self.connection.execute(f"delete from {name}")
            if rows:
                marks = ", ".join("?" for _ in rows[0])
                values = ", ".join(f"({marks})" for _ in rows)
                sql = f"insert into {name} ({', '.join(rows[0])}) values {values}"
                self.connection.execute(sql, [row[name] for row in rows for name in rows[0]])

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Rows as dicts, under a session zone that is not UTC."""
        self.connection.execute("set TimeZone = 'America/New_York'")
        cursor = self.connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def canonical(rows: list[dict[str, Any]]) -> list[str]:
    """Rows in an order of their own, columns by name, NaN equal to itself."""
    return sorted(repr(sorted(row.items())) for row in rows)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("timestamp")


@given(history=histories)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_training_set_equals_the_nested_loop(consumer, engine, history):
    """Composite keys, a view used twice, TTL, cut-off, ties, tombstones, defaults: one row per spine row, values exact."""
    engine.load(history)

    got = engine.query(consumer.compiled("training"))

    expected = training_set(
        history["spine"],
        "observed_at",
        [
            (READINGS, history["readings"]),
            (PAIRS, history["pairs"]),
            (ORIGIN, history["constants"]),
            (DESTINATION, history["constants"]),
        ],
    )
    assert canonical(got) == canonical(expected)


@given(history=histories)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_without_the_cut_off_created_timestamps_only_settle_ties(consumer, engine, history):
    engine.load(history)

    got = engine.query(consumer.compiled("training_without_cutoff"))

    expected = training_set(history["spine"], "observed_at", [(READINGS, history["readings"])], known_at_cutoff=False)
    assert canonical(got) == canonical(expected)
