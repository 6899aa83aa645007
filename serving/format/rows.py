"""Rows: a header of 21 bytes, then the values as one MessagePack array.

    byte  0       format version
    bytes 1-4     schema id, big-endian
    bytes 5-12    event timestamp e: microseconds since 1970 in UTC + 2^63, big-endian
    bytes 13-20   created timestamp c, likewise; e where it is null or not declared
    bytes 21-     MessagePack array of the values in schema order; empty in a tombstone

The offset of 2^63 makes bytes 5-20 sort, as bytes, by (e, c).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from serving.errors import CorruptRowError
from serving.format.damage import DECODE_ERRORS
from serving.format.values import encoder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from serving.format.schemas import Schema

ROW_FORMAT = 1
HEADER = struct.Struct(">BIQQ")
BODY = HEADER.size
TIME_OFFSET = 2**63
EMPTY_ARRAY = b"\x90"

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[Any]).decode


class Header(NamedTuple):
    """The fixed part of a row; times in UTC microseconds since 1970."""

    schema_id: int
    event_us: int
    created_us: int


def row_encoder(schema: Schema) -> Callable[[int, int | None, Sequence[Any]], bytes]:
    """A function from (e, c or None, values in schema order) to a row's bytes.

    Times are UTC microseconds since 1970. The function raises ValueTypeError for a value of another type.
    """
    encoders = [encoder(wire_type) for _, wire_type in schema.columns]

    def encode(event_us: int, created_us: int | None, values: Sequence[Any]) -> bytes:
        wire = [None if value is None else put(value) for put, value in zip(encoders, values, strict=True)]
        return _header(schema, event_us, created_us) + _pack(wire)

    return encode


def encode_tombstone(schema: Schema, event_us: int, created_us: int | None) -> bytes:
    """The row that says the entity is gone since e."""
    return _header(schema, event_us, created_us) + EMPTY_ARRAY


def decode_header(row: bytes, key: str) -> Header:
    """The header of the row stored at `key`.

    Raises:
        CorruptRowError: The bytes are too short, or of another format version.
    """
    try:
        version, schema_id, event, created = HEADER.unpack_from(row)
    except struct.error as error:
        raise CorruptRowError(key, f"expected a row of at least {HEADER.size} bytes, got {row!r}") from error
    if version != ROW_FORMAT:
        raise CorruptRowError(
            key,
            f"expected row format {ROW_FORMAT}, got {version}",
            hint="Upgrade the package that serves to the version that wrote the store."
            if version > ROW_FORMAT
            else None,
        )
    return Header(schema_id, event - TIME_OFFSET, created - TIME_OFFSET)


def decode_values(row: bytes, key: str, width: int) -> list[Any]:
    """The wire values of the row, `width` of them, or none at all in a tombstone.

    Raises:
        CorruptRowError: What follows the header is no MessagePack array of that length.
    """
    try:
        values: list[Any] = _unpack(memoryview(row)[HEADER.size :])
    except DECODE_ERRORS as error:
        raise CorruptRowError(key, f"expected a MessagePack array after the header, got {row!r}") from error
    if values and len(values) != width:
        raise CorruptRowError(key, f"expected {width} values, got {len(values)}")
    return values


def row_bounds(schema: Schema) -> tuple[bytes, bytes]:
    """The bytes that every row of the schema lies between.

    With an event timestamp after it (`event_bytes`), the lower one excludes older rows. So one comparison of bytes tells a row
    that can be read and is not stale.
    """
    head = bytes([ROW_FORMAT]) + schema.id.to_bytes(4, "big")
    return head, head + b"\xff" * (HEADER.size - len(head))


def event_bytes(event_us: int) -> bytes:
    """An event timestamp, UTC microseconds since 1970, as rows hold it."""
    return (event_us + TIME_OFFSET).to_bytes(8, "big")


def event_micros(row: bytes) -> int:
    """When the values of a row became true, UTC microseconds since 1970."""
    return int.from_bytes(row[5:13], "big") - TIME_OFFSET


def schema_id_of(row: bytes) -> int | None:
    """The schema that a row follows; None for bytes that are no row of this format version."""
    return int.from_bytes(row[1:5], "big") if len(row) >= BODY and row[0] == ROW_FORMAT else None


def is_tombstone(row: bytes) -> bool:
    """Whether the row says that the entity is gone."""
    return row[BODY:] == EMPTY_ARRAY


def _header(schema: Schema, event_us: int, created_us: int | None) -> bytes:
    created = event_us if created_us is None else created_us
    return HEADER.pack(ROW_FORMAT, schema.id, event_us + TIME_OFFSET, created + TIME_OFFSET)
