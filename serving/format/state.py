"""The sync state of one view: how far it has read, and what would force a full read."""

from __future__ import annotations

import msgspec

from serving.errors import FormatError
from serving.format.damage import DECODE_ERRORS


class Settled(msgspec.Struct, frozen=True):
    """What the warehouse held of the rows that the next incremental sync need not read again.

    A row may become visible long after the instant it claims to be known at: a build is always later than its data. No
    watermark can tell; these sums can, because such a row changes the one of its stretch.

    Attributes:
        until_us: They cover the rows with a <= this, UTC microseconds since 1970.
        width_us: Length of a stretch of a.
        totals: Stretch to the sum of one number a row, modulo 2^64.
    """

    until_us: int
    width_us: int
    totals: dict[int, int]


class Loaded(msgspec.Struct, frozen=True):
    """The same, of a view whose rows say when a build wrote them.

    Attributes:
        until_us: Every row loaded by then has been read, or was not due; UTC microseconds since 1970.
        before: How many rows were loaded before it.
        total: Sum of one number a row over those loaded at it, modulo 2^64.
        known_by_us: Greatest a of the rows that were due then.
    """

    until_us: int
    before: int
    total: int
    known_by_us: int


class State(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the last successful sync of a view left behind.

    Attributes:
        run_id: Of the sync.
        last_success: When it finished (ISO 8601, UTC).
        schema_id: Of the rows it wrote, eight hex digits.
        format: Row format it wrote.
        watermark_us: Greatest a = greatest(e, c) it has read, in UTC microseconds since 1970; None when it read no row.
        counts: Rows by what became of them, e.g. ``written``.
        replication_id: The store's identity then; another one means the data may be gone.
        evicted_keys: How many keys the store had evicted since it started; another number means that rows may be gone.
        code_checksum: Of the compiled SQL.
        roles_checksum: Of the relation, the columns' roles and the TTL.
        now_us: The instant it was a sync as of, UTC microseconds since 1970.
        settled: What an incremental model's next sync compares with; None for other models, and where `loaded` is.
        loaded: What the next sync compares with where rows say when they were loaded.
    """

    run_id: str
    last_success: str
    schema_id: str
    format: int
    watermark_us: int | None = None
    counts: dict[str, int] = {}
    replication_id: str | None = None
    evicted_keys: int | None = None
    code_checksum: str | None = None
    roles_checksum: str | None = None
    now_us: int | None = None
    settled: Settled | None = None
    loaded: Loaded | None = None


def encode_state(state: State) -> bytes:
    """The state as the store holds it (JSON)."""
    return msgspec.json.encode(state)


def decode_state(encoded: bytes, *, where: str) -> State:
    """The state from the store; fields this version does not know are ignored.

    Raises:
        FormatError: The bytes are no state.
    """
    try:
        return msgspec.json.decode(encoded, type=State)
    except DECODE_ERRORS as error:
        raise FormatError(
            f"{where}: expected the state of a view as JSON, got {encoded[:60]!r}",
            hint="Publish the view again with --full-refresh.",
        ) from error
