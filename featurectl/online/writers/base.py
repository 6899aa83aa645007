"""What a sync needs from an online store."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from featurectl.errors import OnlineStoreError
from serving.errors import ServingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from serving.format.catalog import Catalog, ServiceEntry, ViewEntry
    from serving.format.keys import KeySpace
    from serving.format.schemas import Schema
    from serving.format.state import State


class LockHeldError(OnlineStoreError):
    """Another sync of the view is running."""


class LockLostError(OnlineStoreError):
    """The lock expired or was taken over; nothing of the batch that met this was written."""


class SchemaConflictError(OnlineStoreError):
    """The store holds another schema under the same id."""


class Lock(NamedTuple):
    """The right to write one view until it expires or is released."""

    view: str
    version: int
    token: str


class PutRow(NamedTuple):
    """One row to write.

    Attributes:
        key: The whole row key.
        row: Its bytes, header and values.
        ttl_ms: When the row may be dropped, as a positive duration from now; None keeps it.
    """

    key: str
    row: bytes
    ttl_ms: int | None = None


class PutBatch(NamedTuple):
    """Rows to write, a list a part.

    Attributes:
        keys: Whole row keys.
        rows: Bytes of each.
        ttls_ms: As in `PutRow`; None keeps all rows.
    """

    keys: Sequence[str]
    rows: Sequence[bytes]
    ttls_ms: Sequence[int | None] | None = None

    @classmethod
    def of(cls, rows: Sequence[PutRow]) -> PutBatch:
        """The batch of single rows."""
        return cls([row.key for row in rows], [row.row for row in rows], [row.ttl_ms for row in rows])


class PutResult(NamedTuple):
    """What became of a batch of rows."""

    written: int
    skipped_older: int


class Vitals(NamedTuple):
    """What must be as it was at the last sync, or rows written then may be gone.

    Attributes:
        replication_id: Identity of the store's data: a restart or failover makes another one.
        evicted_keys: Since the server started; 0 where a store evicts nothing.
        has_sentinel: Whether the view's sentinel key is there.
    """

    replication_id: str
    evicted_keys: int
    has_sentinel: bool


class OnlineWriter(Protocol):
    """The writing side of one namespace.

    Every method raises OnlineStoreError when the store cannot be reached or refuses; those that take a lock raise
    LockLostError when it is no longer held. A writer belongs to one thread.
    """

    def acquire_lock(self, view: str, version: int, *, ttl_ms: int) -> Lock:
        """Take the view's lock for a duration, or raise LockHeldError."""
        ...

    def renew_lock(self, lock: Lock, *, ttl_ms: int) -> None:
        """Hold the lock for another duration from now."""
        ...

    def release_lock(self, lock: Lock) -> None:
        """Give the lock back; one that is lost already is left to its holder. What was sent and not flushed counts no more."""
        ...

    def put_rows(self, lock: Lock, rows: Sequence[PutRow], *, replace_newer: bool = False) -> PutResult:
        """Write each row whose (e, c) is not older than the stored one's, atomically.

        Args:
            lock: Of the rows' view.
            rows: Any number; sent in batches, each checked against the lock and written whole or not at all.
            replace_newer: Write every row, whatever is stored (a full refresh).
        """
        ...

    def send_rows(self, lock: Lock, batch: PutBatch, *, replace_newer: bool = False) -> None:
        """The same, without waiting for the answers longer than the bytes under way demand; `flush` tells the outcome."""
        ...

    def flush(self) -> PutResult:
        """Wait until everything sent is acknowledged; what became of all rows sent since the last flush."""
        ...

    def read_rows(self, keys: Sequence[str]) -> list[bytes | None]:
        """The stored rows of the keys, in their order."""
        ...

    def scan_keys(self, view: str, version: int) -> Iterator[str]:
        """All row keys of the view, in no order; one may come twice."""
        ...

    def scan_prefix(self, prefix: str) -> Iterator[str]:
        """All keys that start with a prefix, in no order; one may come twice."""
        ...

    def delete_rows(self, lock: Lock, keys: Sequence[str]) -> int:
        """Delete rows; returns how many there were."""
        ...

    def put_schema(self, view: str, schema: Schema) -> None:
        """Store a row schema; raises SchemaConflictError where another one has its id."""
        ...

    def read_catalog(self) -> Catalog | None:
        """The catalog, or None where nothing is published yet."""
        ...

    def publish_catalog(self, entries: Sequence[ViewEntry | ServiceEntry], *, removed: Sequence[str] = ()) -> int:
        """Set entries and remove fields, all at once; returns the new generation.

        Entries that are not named stay as they are. To retire a view, publish its entry with `retired_at`.

        Args:
            entries: Views and services.
            removed: Fields (`ViewEntry.field`) to remove.
        """
        ...

    def read_state(self, view: str, version: int) -> State | None:
        """The view's sync state, or None."""
        ...

    def write_state(self, lock: Lock, state: State) -> None:
        """Replace the view's sync state."""
        ...

    def replication_id(self) -> str:
        """The identity of the store's data; another one means that the data may be gone."""
        ...

    def put_sentinel(self, lock: Lock) -> None:
        """Set the key whose absence says that the store has lost keys."""
        ...

    def vitals(self, view: str, version: int) -> Vitals:
        """What must not have changed since the last sync."""
        ...

    def wait_for_replicas(self) -> None:
        """Return when a replica, where there is one, has acknowledged everything written; raises when none does in time."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...


@contextmanager
def readable() -> Iterator[None]:
    """Turn what serving says of stored bytes into an OnlineStoreError."""
    try:
        yield
    except ServingError as error:
        raise OnlineStoreError(error.message, hint=error.hint) from error


def sentinel_key(keys: KeySpace, view: str, version: int) -> str:
    """The key of a view's sentinel."""
    return f"{keys.namespace}:sentinel:{view}@{version}"


def lock_held(key: str, remaining_ms: int) -> LockHeldError:
    """The error for a lock that another sync holds."""
    return LockHeldError(
        f"{key}: expected to take the lock, got one held by another sync for up to {max(remaining_ms, 0) / 1000:.0f} s",
        hint="Wait for the other sync; the lock of one that died expires by itself.",
    )


def lock_lost(key: str) -> LockLostError:
    """The error for a lock that is no longer ours."""
    return LockLostError(
        f"{key}: expected to hold the lock, got one that expired or was taken over",
        hint="Run the sync again; rows already written are kept and are right.",
    )


def schema_conflict(key: str, expected: bytes, stored: bytes | None) -> SchemaConflictError:
    """The error for a schema id that the store uses otherwise."""
    return SchemaConflictError(
        f"{key}: expected {expected!r}, got {stored!r}",
        hint="Use another namespace, or remove the key if it is damaged.",
    )


def newer_catalog(key: str, expected: int, stored: str) -> OnlineStoreError:
    """The error for a catalog that a newer version has written."""
    return OnlineStoreError(
        f"{key}: expected catalog format {expected} or older, got {stored}",
        hint="Upgrade featurectl to the version that wrote the store.",
    )
