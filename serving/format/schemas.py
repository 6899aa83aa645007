"""Row schemas: the ordered names and types that a row's values follow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from serving.errors import CorruptRowError
from serving.format.damage import DECODE_ERRORS
from serving.format.types import WireType, parse_type

if TYPE_CHECKING:
    from collections.abc import Iterable

_ID_BYTES = 4
_decode = msgspec.json.Decoder(list[tuple[str, str]]).decode


@dataclass(frozen=True, slots=True)
class Schema:
    """Names and wire types of a row's values, in the order the row has them.

    Attributes:
        columns: (name, type) in contract order.
        encoded: Canonical JSON, ``[["name","type"],...]`` without white space; what the store holds.
        id: The first four bytes of the SHA-256 of `encoded`, big-endian.
    """

    columns: tuple[tuple[str, WireType], ...]
    encoded: bytes
    id: int

    @classmethod
    def of(cls, columns: Iterable[tuple[str, str]]) -> Schema:
        """The schema of (name, type text) pairs; the texts may be in any engine's spelling.

        Raises:
            UnservableTypeError: One of the types cannot be served.
        """
        typed = tuple((name, parse_type(type_text)) for name, type_text in columns)
        encoded = msgspec.json.encode([(name, wire_type.name) for name, wire_type in typed])
        digest = hashlib.sha256(encoded).digest()
        return cls(typed, encoded, int.from_bytes(digest[:_ID_BYTES], "big"))

    @classmethod
    def decode(cls, encoded: bytes, *, key: str) -> Schema:
        """The schema that the store holds at `key`.

        Raises:
            CorruptRowError: The bytes are no schema.
        """
        try:
            return cls.of(_decode(encoded))
        except DECODE_ERRORS as error:
            raise CorruptRowError(key, f"expected a row schema as JSON, got {encoded[:40]!r}") from error
