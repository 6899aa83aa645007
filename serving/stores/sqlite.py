"""Reading from the embedded store, one SQLite file."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import msgspec

from serving.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

BUSY_TIMEOUT_SECONDS = 5.0

# The tables of the embedded store; the writer creates them. Keys and hash fields are text, as on Redis.
LAYOUT = (
    # rows, schemas and states; expires_at in milliseconds since 1970
    "create table if not exists entries (key text primary key, value blob not null, expires_at integer) without rowid",
    "create table if not exists hashes (key text, field text, value blob not null, primary key (key, field)) without rowid",
    "create table if not exists locks (key text primary key, token text not null, expires_at integer not null) without rowid",
    # one row; stands for the replication id of a server
    "create table if not exists identity (id text not null)",
)

# json_each makes this one prepared statement for any number of keys.
_MGET = """
select key, value from entries
where key in (select value from json_each(?)) and (expires_at is null or expires_at > ?)
"""
_GET = "select value from entries where key = ? and (expires_at is null or expires_at > ?)"
_HGET = "select value from hashes where key = ? and field = ?"
_HGETALL = "select field, value from hashes where key = ?"


class _Connection(sqlite3.Connection):
    """A connection that knows which file, and which process, it was opened for."""

    identity: tuple[int, int, int]


class SqliteStore:
    """Rows and catalog in one file, read by one connection a thread.

    A file that was replaced or deleted meanwhile is noticed before each read; a missing one is never created.

    Args:
        path: Of the file, relative to the working directory of each read.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._local = threading.local()
        self._connections: WeakSet[_Connection] = WeakSet()

    def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of the keys, in their order, None where there is none or it has expired; one statement."""
        if not keys:
            return []
        if len(keys) == 1:
            rows = self._read(_GET, (keys[0], time.time_ns() // 1_000_000))
            return [rows[0][0] if rows else None]
        found = dict(self._read(_MGET, (msgspec.json.encode(keys).decode(), time.time_ns() // 1_000_000)))
        return [found.get(key) for key in keys]

    def hget(self, key: str, field: str) -> bytes | None:
        """One field of a hash, None where there is none."""
        rows = self._read(_HGET, (key, field))
        return rows[0][0] if rows else None

    def hgetall(self, key: str) -> dict[str, bytes]:
        """All fields of a hash; empty where there is none."""
        return dict(self._read(_HGETALL, (key,)))

    def close(self) -> None:
        """Close the connections of all threads; a later read opens new ones."""
        for connection in list(self._connections):
            connection.close()
        self._connections = WeakSet()
        self._local = threading.local()

    def _read(self, statement: str, parameters: tuple[Any, ...]) -> list[Any]:
        try:
            return self._connection().execute(statement, parameters).fetchall()
        except sqlite3.Error as error:
            raise sqlite_error(self._path, error) from error

    def _connection(self) -> sqlite3.Connection:
        try:
            status = os.stat(self._path)  # noqa: PTH116 - a third of the price of Path.stat, on every look-up
        except OSError as error:
            raise StoreError(
                f"{self._path}: expected the file of the embedded online store, got {error.strerror or error}",
                hint="Run featurectl sync-online first, or check FEATURECTL_ONLINE_STORE and the working directory.",
            ) from error
        # The process id, because a connection must not be used on the other side of a fork.
        identity = (status.st_dev, status.st_ino, os.getpid())
        opened: _Connection | None = getattr(self._local, "opened", None)
        if opened is not None and opened.identity == identity:
            return opened
        if opened is not None and opened.identity[2] == identity[2]:
            opened.close()
        connection = sqlite3.connect(
            f"{Path(self._path).absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=BUSY_TIMEOUT_SECONDS,
            isolation_level=None,
            check_same_thread=False,  # close() is called from one thread for all
            factory=_Connection,
        )
        connection.identity = identity
        self._connections.add(connection)
        self._local.opened = connection
        return connection


def sqlite_error(path: str, error: sqlite3.Error) -> StoreError:
    """What a failure of SQLite means to the user."""
    text = str(error)
    if "no such table" in text:
        return StoreError(
            f"{path}: expected an online store, got a file without its tables", hint="Run featurectl sync-online first."
        )
    if "not a database" in text:
        return StoreError(
            f"{path}: expected an SQLite file, got something else", hint="Check the path in FEATURECTL_ONLINE_STORE."
        )
    if "locked" in text or "busy" in text:
        return StoreError(
            f"{path}: {text} for {BUSY_TIMEOUT_SECONDS:g} s", hint="Another process is writing; try again."
        )
    return StoreError(f"{path}: {text}", hint="Check the file's permissions and the disk.")
