"""Engines that run the compiled SQL on a history: tables in, rows out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Protocol

import duckdb
import psycopg

History = dict[str, list[dict[str, Any]]]

TABLES = {
    "spine": "row_id bigint, observed_at {spine}, sensor_id bigint, left_id bigint, right_id bigint, origin varchar, destination varchar",
    "readings": "sensor_id bigint, event_at {view}, known_at {view}, is_deleted boolean, batch bigint, level bigint, label varchar, "
    "ratio double precision",
    "pairs": "left_id bigint, right_id bigint, event_at {view}, score bigint, remark varchar",
    "constants": "place varchar, valid_from date, height bigint",
}
# Where the sessions think they are: a zone with daylight saving, so that nothing may lean on it.
SESSION_ZONE = "America/New_York"


class Engine(Protocol):
    """A connection whose tables are those that the compiled SQL names."""

    def load(self, history: History) -> None:
        """Put the rows of a history in place of the last one's; a naive datetime is UTC."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Rows as dicts, under a session zone that is not UTC; zoned instants come back as UTC."""
        ...


def _insert(name: str, rows: list[dict[str, Any]], mark: str) -> tuple[str, list[Any]]:
    marks = ", ".join(mark for _ in rows[0])
    values = ", ".join(f"({marks})" for _ in rows)
    parameters = [row[column] for row in rows for column in rows[0]]
    return f"insert into {name} ({', '.join(rows[0])}) values {values}", parameters


class DuckDB:
    """DuckDB in memory."""

    def __init__(self, *, spine: str, view: str) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("attach ':memory:' as consumer; use consumer; set threads = 2")
        for name, columns in TABLES.items():
            self.connection.execute(f"create table {name} ({columns.format(spine=spine, view=view)})")

    def close(self) -> None:
        self.connection.close()

    def load(self, history: History) -> None:
        self.connection.execute("set TimeZone = 'UTC'")
        for name, rows in history.items():
            self.connection.execute(f"delete from {name}")
            if rows:
                self.connection.execute(*_insert(name, rows, "?"))

    def query(self, sql: str) -> list[dict[str, Any]]:
        self.connection.execute(f"set TimeZone = '{SESSION_ZONE}'")
        cursor = self.connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, map(_utc, row), strict=True)) for row in cursor.fetchall()]


class Postgres:
    """A PostgreSQL server; the tables are in the schema that the project's target names."""

    def __init__(self, uri: str, *, spine: str, view: str) -> None:
        self.connection = psycopg.connect(uri, autocommit=True)
        self.connection.execute("drop schema if exists main cascade; create schema main; set search_path = main")
        for name, columns in TABLES.items():
            self.connection.execute(f"create table {name} ({columns.format(spine=spine, view=view)})")
        self.connection.execute("create index on readings (sensor_id, event_at)")
        self.connection.execute("create index on pairs (right_id, left_id, event_at)")

    def close(self) -> None:
        self.connection.close()

    def load(self, history: History) -> None:
        self.connection.execute("set timezone = 'UTC'")
        self.connection.execute(f"truncate {', '.join(TABLES)}")
        for name, rows in history.items():
            if rows:
                self.connection.execute(*_insert(name, rows, "%s"))

    def query(self, sql: str) -> list[dict[str, Any]]:
        self.connection.execute(f"set timezone = '{SESSION_ZONE}'")
        cursor = self.connection.execute(sql)
        assert cursor.description is not None
        names = [column.name for column in cursor.description]
        return [dict(zip(names, map(_utc, row), strict=True)) for row in cursor.fetchall()]


def _utc(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value
