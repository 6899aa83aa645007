"""Writing to the embedded store, one SQLite file; every change is one transaction."""

from __future__ import annotations

import secrets
import sqlite3
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from featurectl.errors import OnlineStoreError
from featurectl.online.writers.base import (
    Lock,
    PutBatch,
    PutResult,
    PutRow,
    Vitals,
    lock_held,
    lock_lost,
    newer_catalog,
    readable,
    schema_conflict,
    sentinel_key,
)
from serving.format.catalog import (
    CATALOG_FORMAT,
    FORMAT_FIELD,
    GENERATION_FIELD,
    Catalog,
    ServiceEntry,
    ViewEntry,
    decode_catalog,
    encode_entry,
)
from serving.format.state import State, decode_state, encode_state
from serving.stores.sqlite import BUSY_TIMEOUT_SECONDS, LAYOUT, sqlite_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from serving.format.keys import KeySpace
    from serving.format.schemas import Schema

EMBEDDED_FOLDER = ".featurectl"
_ROWS_A_TRANSACTION = 2000
_SCAN_ROWS = 1000

# Bytes 6 to 21 of a row, counted from one, sort as (e, c): blobs compare byte by byte. An expired row is no row.
_PUT_ROW = """
insert into entries (key, value, expires_at) values (?, ?, ?)
on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at
where ? or substr(excluded.value, 6, 16) >= substr(entries.value, 6, 16)
    or length(entries.value) < 21 or entries.expires_at <= ?
"""
_PUT_ENTRY = """
insert into entries (key, value) values (?, ?)
on conflict (key) do update set value = excluded.value, expires_at = null
"""
_PUT_FIELD = """
insert into hashes (key, field, value) values (?, ?, ?)
on conflict (key, field) do update set value = excluded.value
"""
_TAKE_LOCK = """
insert into locks (key, token, expires_at) values (?, ?, ?)
on conflict (key) do update set token = excluded.token, expires_at = excluded.expires_at
where locks.expires_at <= ?
"""


class SqliteWriter:
    """The writing side of one namespace in one file, which is created; its folder only where it is a project's `.featurectl`.

    Args:
        path: Of the file.
        keyspace: Of the namespace.
    """

    def __init__(self, path: str, keyspace: KeySpace) -> None:
        self._path = path
        self._keys = keyspace
        self._written = self._skipped = 0
        _require_folder(Path(path))
        with self._errors():
            self._connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        try:
            with self._errors():
                self._connection.execute("pragma journal_mode = wal")
                # With a WAL this loses no transaction when the process dies, only when the machine does.
                self._connection.execute("pragma synchronous = normal")
                with self._transaction():
                    for statement in LAYOUT:
                        self._connection.execute(statement)
                    self._connection.execute(
                        "insert into identity select ? where not exists (select 1 from identity)", (str(uuid.uuid4()),)
                    )
        except OnlineStoreError:
            self._connection.close()
            raise

    def acquire_lock(self, view: str, version: int, *, ttl_ms: int) -> Lock:
        """Take the view's lock for a duration, or raise LockHeldError."""
        key = self._keys.lock(view, version)
        lock = Lock(view, version, secrets.token_hex(16))
        with self._transaction():
            now = _now_ms()
            if self._connection.execute(_TAKE_LOCK, (key, lock.token, now + ttl_ms, now)).rowcount:
                return lock
            (expires_at,) = self._one("select expires_at from locks where key = ?", key)
            raise lock_held(key, expires_at - now)

    def renew_lock(self, lock: Lock, *, ttl_ms: int) -> None:
        """Hold the lock for another duration from now."""
        with self._locked(lock) as key:
            self._connection.execute("update locks set expires_at = ? where key = ?", (_now_ms() + ttl_ms, key))

    def release_lock(self, lock: Lock) -> None:
        """Give the lock back; one that is lost already is left to its holder."""
        self._written = self._skipped = 0
        with self._transaction():
            key = self._keys.lock(lock.view, lock.version)
            self._connection.execute("delete from locks where key = ? and token = ?", (key, lock.token))

    def put_rows(self, lock: Lock, rows: Sequence[PutRow], *, replace_newer: bool = False) -> PutResult:
        """Write each row whose (e, c) is not older than the stored one's; a transaction a batch."""
        self.send_rows(lock, PutBatch.of(rows), replace_newer=replace_newer)
        return self.flush()

    def send_rows(self, lock: Lock, batch: PutBatch, *, replace_newer: bool = False) -> None:
        """The same; a file acknowledges at once."""
        for start in range(0, len(batch.keys), _ROWS_A_TRANSACTION):
            part = slice(start, start + _ROWS_A_TRANSACTION)
            keys, rows = batch.keys[part], batch.rows[part]
            ttls = batch.ttls_ms[part] if batch.ttls_ms else [None] * len(keys)
            with self._locked(lock):
                now = _now_ms()
                parameters = [
                    (key, row, None if ttl is None else now + ttl, replace_newer, now)
                    for key, row, ttl in zip(keys, rows, ttls, strict=True)
                ]
                written = self._connection.executemany(_PUT_ROW, parameters).rowcount
            self._written += written
            self._skipped += len(keys) - written

    def flush(self) -> PutResult:
        """What became of all rows sent since the last flush."""
        result = PutResult(self._written, self._skipped)
        self._written = self._skipped = 0
        return result

    def read_rows(self, keys: Sequence[str]) -> list[bytes | None]:
        """The stored rows of the keys, in their order; an expired one is none."""
        statement = "select value from entries where key = ? and (expires_at is null or expires_at > ?)"
        with self._errors():
            found = [self._one(statement, key, _now_ms()) for key in keys]
        return [None if row is None else row[0] for row in found]

    def scan_keys(self, view: str, version: int) -> Iterator[str]:
        """All row keys of the view, in key order."""
        return self.scan_prefix(self._keys.row_prefix(view, version))

    def scan_prefix(self, prefix: str) -> Iterator[str]:
        """All keys that start with a prefix, in key order."""
        last, end = prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)
        while True:
            with self._errors():
                page = self._connection.execute(
                    "select key from entries where key > ? and key < ? order by key limit ?", (last, end, _SCAN_ROWS)
                ).fetchall()
            if not page:
                return
            yield from (key for (key,) in page)
            last = page[-1][0]

    def delete_rows(self, lock: Lock, keys: Sequence[str]) -> int:
        """Delete rows; returns how many there were."""
        with self._locked(lock):
            return (
                self._connection.executemany("delete from entries where key = ?", [(key,) for key in keys]).rowcount
                if keys
                else 0
            )

    def put_schema(self, view: str, schema: Schema) -> None:
        """Store a row schema; raises SchemaConflictError where another one has its id."""
        key = self._keys.schema(view, schema.id)
        with self._transaction():
            self._connection.execute(
                "insert into entries (key, value) values (?, ?) on conflict do nothing", (key, schema.encoded)
            )
            (stored,) = self._one("select value from entries where key = ?", key)
        if stored != schema.encoded:
            raise schema_conflict(key, schema.encoded, stored)

    def read_catalog(self) -> Catalog | None:
        """The catalog, or None where nothing is published yet."""
        key = self._keys.catalog
        with self._errors(), readable():
            fields = dict(self._connection.execute("select field, value from hashes where key = ?", (key,)).fetchall())
            return decode_catalog(fields, where=key) if fields else None

    def publish_catalog(self, entries: Sequence[ViewEntry | ServiceEntry], *, removed: Sequence[str] = ()) -> int:
        """Set entries and remove fields, all at once; returns the new generation."""
        key = self._keys.catalog
        with self._transaction():
            stored = self._number(key, FORMAT_FIELD)
            if stored > CATALOG_FORMAT:
                raise newer_catalog(key, CATALOG_FORMAT, str(stored))
            generation = self._number(key, GENERATION_FIELD) + 1
            fields = {
                FORMAT_FIELD: b"%d" % CATALOG_FORMAT,
                GENERATION_FIELD: b"%d" % generation,
                **{entry.field: encode_entry(entry) for entry in entries},
            }
            self._connection.executemany(_PUT_FIELD, [(key, field, value) for field, value in fields.items()])
            for field in removed:
                self._connection.execute("delete from hashes where key = ? and field = ?", (key, field))
        return generation

    def read_state(self, view: str, version: int) -> State | None:
        """The view's sync state, or None."""
        key = self._keys.state(view, version)
        with self._errors(), readable():
            found = self._one("select value from entries where key = ?", key)
            return None if found is None else decode_state(found[0], where=key)

    def write_state(self, lock: Lock, state: State) -> None:
        """Replace the view's sync state."""
        with self._locked(lock):
            self._connection.execute(_PUT_ENTRY, (self._keys.state(lock.view, lock.version), encode_state(state)))

    def replication_id(self) -> str:
        """The UUID that the file got when it was created."""
        with self._errors():
            return str(self._connection.execute("select id from identity").fetchone()[0])

    def put_sentinel(self, lock: Lock) -> None:
        """Set the key whose absence says that the store has lost keys."""
        with self._locked(lock):
            self._connection.execute(_PUT_ENTRY, (sentinel_key(self._keys, lock.view, lock.version), b"1"))

    def vitals(self, view: str, version: int) -> Vitals:
        """The file's identity; a file evicts nothing."""
        (sentinel,) = self.read_rows([sentinel_key(self._keys, view, version)])
        return Vitals(self.replication_id(), 0, sentinel is not None)

    def wait_for_replicas(self) -> None:
        """A file has none."""

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _one(self, statement: str, *parameters: Any) -> Any:
        return self._connection.execute(statement, parameters).fetchone()

    def _number(self, key: str, field: str) -> int:
        found = self._one("select value from hashes where key = ? and field = ?", key, field)
        return 0 if found is None else int(found[0])

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            explained = sqlite_error(self._path, error)
            raise OnlineStoreError(explained.message, hint=explained.hint) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._errors():
            self._connection.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    @contextmanager
    def _locked(self, lock: Lock) -> Iterator[str]:
        key = self._keys.lock(lock.view, lock.version)
        with self._transaction():
            held = self._one(
                "select 1 from locks where key = ? and token = ? and expires_at > ?", key, lock.token, _now_ms()
            )
            if held is None:
                raise lock_lost(key)
            yield key


def _require_folder(path: Path) -> None:
    """Make a project's own folder; any other one that is not there is taken for a path mistyped."""
    try:
        if path.parent.name == EMBEDDED_FOLDER:
            path.parent.mkdir(exist_ok=True)
        reason = None if path.parent.is_dir() else "none"
    except OSError as error:
        reason = error.strerror or str(error)
    if reason is not None:
        raise OnlineStoreError(
            f"{path}: expected a folder for the embedded online store, got {reason}",
            hint=f"Make {path.parent}, or choose another path with --online-store or FEATURECTL_ONLINE_STORE.",
        )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
