"""The sync state of one view: how far it has read, and what would force a full read."""

from __future__ import annotations

import msgspec

from serving.errors import FormatError


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
        code_checksum: Of the compiled SQL.
    """

    run_id: str
    last_success: str
    schema_id: str
    format: int
    watermark_us: int | None = None
    counts: dict[str, int] = {}
    replication_id: str | None = None
    code_checksum: str | None = None


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
    except msgspec.DecodeError as error:
        raise FormatError(
            f"{where}: expected the state of a view as JSON, got {encoded[:60]!r}",
            hint="Publish the view again with --full-refresh.",
        ) from error
