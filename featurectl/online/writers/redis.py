"""Writing to a Redis protocol server (Redis, Valkey)."""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import redis

from featurectl.errors import OnlineStoreError
from featurectl.online.writers import scripts
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
from featurectl.online.writers.pipe import Pipe
from serving.format.catalog import CATALOG_FORMAT, Catalog, ServiceEntry, ViewEntry, decode_catalog, encode_entry
from serving.format.state import State, decode_state, encode_state
from serving.stores.failures import FAILURES, store_error
from serving.stores.redis import connect, sentinel_client
from serving.stores.urls import parse_deployment, redact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from serving.format.keys import KeySpace
    from serving.format.schemas import Schema

_Item = TypeVar("_Item")

_ROWS_A_SCRIPT = 256
_SCAN_COUNT = 1000
REPLICA_MS = 3_000
_CERTIFICATE_HINT = "Name the authority's file with ?ssl_ca_certs= in the URL, and the host as the certificate does."
_GLOB_CHARACTERS = re.compile(r"([\\*?\[\]^-])")


class RedisWriter:
    """The writing side of one namespace on a Redis protocol server.

    Args:
        url: As redis-py reads it.
        keyspace: Of the namespace.
        client: Another client than the one that the URL names.
    """

    def __init__(self, url: str, keyspace: KeySpace, client: Any = None) -> None:
        self._where = redact(url)
        self._keys = keyspace
        self._client = client or _client(url)
        self._scripts: dict[str, Any] = {}
        self._pipe: Pipe | None = None
        self._put_sha = ""
        self._sent = 0
        self._sent_under = ""

    def acquire_lock(self, view: str, version: int, *, ttl_ms: int) -> Lock:
        """Take the view's lock for a duration, or raise LockHeldError."""
        key = self._keys.lock(view, version)
        lock = Lock(view, version, secrets.token_hex(16))
        with self._errors(key):
            if self._client.set(key, lock.token, nx=True, px=ttl_ms):
                return lock
            raise lock_held(key, self._client.pttl(key))

    def renew_lock(self, lock: Lock, *, ttl_ms: int) -> None:
        """Hold the lock for another duration from now."""
        key = self._keys.lock(lock.view, lock.version)
        self._run(scripts.RENEW_LOCK, [key], [lock.token, ttl_ms])

    def release_lock(self, lock: Lock) -> None:
        """Give the lock back; one that is lost already is left to its holder."""
        if self._sent:
            self._drop_pipe()
        self._run(scripts.RELEASE_LOCK, [self._keys.lock(lock.view, lock.version)], [lock.token])

    def put_rows(self, lock: Lock, rows: Sequence[PutRow], *, replace_newer: bool = False) -> PutResult:
        """Write each row whose (e, c) is not older than the stored one's; a script a batch, many under way at once."""
        self.send_rows(lock, PutBatch.of(rows), replace_newer=replace_newer)
        return self.flush()

    def send_rows(self, lock: Lock, batch: PutBatch, *, replace_newer: bool = False) -> None:
        """The same, without waiting for the answers longer than the bytes under way demand."""
        lock_key = self._keys.lock(lock.view, lock.version)
        flag = "1" if replace_newer else "0"
        keys, rows, ttls = batch.keys, batch.rows, batch.ttls_ms
        # One script must not have a key twice: its rows are compared with what was there before it.
        step = _ROWS_A_SCRIPT if len(set(keys)) == len(keys) else 1
        with self._errors(lock_key):
            pipe = self._open_pipe()
            for start in range(0, len(keys), step):
                part = slice(start, start + step)
                some = keys[part]
                command: list[str | bytes | int] = [
                    "EVALSHA",
                    self._put_sha,
                    len(some) + 1,
                    lock_key,
                    *some,
                    lock.token,
                    flag,
                    *rows[part],
                ]
                if ttls:
                    command += ["" if ttl is None else ttl for ttl in ttls[part]]
                pipe.send(command)
        self._sent += len(keys)
        self._sent_under = lock_key

    def flush(self) -> PutResult:
        """Wait until everything sent is acknowledged."""
        with self._errors(self._sent_under):
            written = self._pipe.drain() if self._pipe else 0
        sent, self._sent = self._sent, 0
        return PutResult(written, sent - written)

    def _open_pipe(self) -> Pipe:
        if self._pipe is None:
            connection = self._client.connection_pool.get_connection()
            try:
                connection.send_command("SCRIPT", "LOAD", scripts.PUT_ROWS)
                self._put_sha = connection.read_response().decode()
            except BaseException:
                connection.disconnect()
                self._client.connection_pool.release(connection)
                raise
            self._pipe = Pipe(connection)
        return self._pipe

    def _drop_pipe(self) -> None:
        """Replies may still be under way: they must never be read as another command's."""
        pipe, self._pipe, self._sent = self._pipe, None, 0
        if pipe is not None:
            pipe.connection.disconnect()
            self._client.connection_pool.release(pipe.connection)

    def read_rows(self, keys: Sequence[str]) -> list[bytes | None]:
        """The stored rows of the keys, in their order."""
        with self._errors("MGET"):
            return [row for batch in _batches(keys) for row in self._client.mget(batch)]

    def scan_keys(self, view: str, version: int) -> Iterator[str]:
        """All row keys of the view, in no order; one may come twice."""
        return self.scan_prefix(self._keys.row_prefix(view, version))

    def scan_prefix(self, prefix: str) -> Iterator[str]:
        """All keys that start with a prefix, in no order; one may come twice."""
        with self._errors(prefix):
            for key in self._client.scan_iter(match=f"{escaped(prefix)}*", count=_SCAN_COUNT):
                yield key.decode()

    def delete_rows(self, lock: Lock, keys: Sequence[str]) -> int:
        """Delete rows; returns how many there were."""
        lock_key = self._keys.lock(lock.view, lock.version)
        return sum(self._run(scripts.DELETE_ROWS, [lock_key, *batch], [lock.token]) for batch in _batches(keys))

    def put_schema(self, view: str, schema: Schema) -> None:
        """Store a row schema; raises SchemaConflictError where another one has its id."""
        key = self._keys.schema(view, schema.id)
        with self._errors(key):
            if self._client.set(key, schema.encoded, nx=True):
                return
            stored = self._client.get(key)
        if stored != schema.encoded:
            raise schema_conflict(key, schema.encoded, stored)

    def read_catalog(self) -> Catalog | None:
        """The catalog, or None where nothing is published yet."""
        key = self._keys.catalog
        with self._errors(key), readable():
            fields = {field.decode(): value for field, value in self._client.hgetall(key).items()}
            return decode_catalog(fields, where=key) if fields else None

    def publish_catalog(self, entries: Sequence[ViewEntry | ServiceEntry], *, removed: Sequence[str] = ()) -> int:
        """Set entries and remove fields, all at once; returns the new generation."""
        pairs = [text for entry in entries for text in (entry.field, encode_entry(entry))]
        arguments = [CATALOG_FORMAT, len(entries), *pairs, *removed]
        return int(self._run(scripts.PUBLISH_CATALOG, [self._keys.catalog], arguments))

    def read_state(self, view: str, version: int) -> State | None:
        """The view's sync state, or None."""
        key = self._keys.state(view, version)
        with self._errors(key), readable():
            encoded = self._client.get(key)
            return None if encoded is None else decode_state(encoded, where=key)

    def write_state(self, lock: Lock, state: State) -> None:
        """Replace the view's sync state."""
        keys = [self._keys.lock(lock.view, lock.version), self._keys.state(lock.view, lock.version)]
        self._run(scripts.WRITE_STATE, keys, [lock.token, encode_state(state)])

    def replication_id(self) -> str:
        """The server's `master_replid`; another one means that the data may be gone."""
        with self._errors("INFO replication"):
            return str(self._client.info("replication")["master_replid"])

    def put_sentinel(self, lock: Lock) -> None:
        """Set the key whose absence says that the store has lost keys."""
        keys = [self._keys.lock(lock.view, lock.version), sentinel_key(self._keys, lock.view, lock.version)]
        self._run(scripts.WRITE_STATE, keys, [lock.token, b"1"])

    def vitals(self, view: str, version: int) -> Vitals:
        """The server's replication id, its count of evicted keys, and whether the sentinel is there."""
        key = sentinel_key(self._keys, view, version)
        with self._errors(key):
            evicted = int(self._client.info("stats")["evicted_keys"])
            return Vitals(self.replication_id(), evicted, bool(self._client.exists(key)))

    def wait_for_replicas(self) -> None:
        """WAIT for one replica where one is connected, on the connection that wrote the rows."""
        with self._errors("WAIT"):
            if not self._client.info("replication")["connected_slaves"] or self._pipe is None:
                return
            self._pipe.send(["WAIT", 1, REPLICA_MS])
            if self._pipe.drain():
                return
        raise OnlineStoreError(
            f"{self._where}: expected a replica to acknowledge the rows within {REPLICA_MS} ms, got none",
            hint="The rows are written but the watermark stays; check the replica, then run the sync again.",
        )

    def close(self) -> None:
        """Close the connections."""
        self._drop_pipe()
        self._client.close()

    def _script(self, text: str) -> Any:
        if text not in self._scripts:
            self._scripts[text] = self._client.register_script(text)
        return self._scripts[text]

    def _run(self, text: str, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
        with self._errors(keys[0]):
            return self._script(text)(keys=keys, args=arguments)

    @contextmanager
    def _errors(self, key: str) -> Iterator[None]:
        try:
            yield
        except FAILURES as error:
            self._drop_pipe()
            text = str(error)
            if scripts.LOCK_LOST in text:
                raise lock_lost(key) from error
            if scripts.NEWER_FORMAT in text:
                raise newer_catalog(key, CATALOG_FORMAT, text.rpartition(" ")[2]) from error
            explained = store_error(self._where, error)
            hint = _CERTIFICATE_HINT if "CERTIFICATE_VERIFY_FAILED" in text else explained.hint
            raise OnlineStoreError(explained.message, hint=hint) from error


def escaped(prefix: str) -> str:
    """A prefix as SCAN's patterns write it."""
    return _GLOB_CHARACTERS.sub(r"\\\1", prefix)


def _client(url: str) -> Any:
    """A client of the server at a URL, or of the master that the Sentinels at it name."""
    return sentinel_client(parse_deployment(url), redis) if "+sentinel://" in url else connect(url)


def _batches(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), _ROWS_A_SCRIPT):
        yield items[start : start + _ROWS_A_SCRIPT]
