"""Rows of numbers straight to a numpy matrix, without a Python object a value where the bytes allow it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import msgspec

from serving.format.damage import DECODE_ERRORS
from serving.format.rows import BODY

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from serving.format.schemas import Schema

_DOUBLE = 0xCB  # MessagePack's tag of a double
_DOUBLE_BYTES = 9
_FIXED_ARRAY = 15
_NUMBERS = frozenset({"int64", "uint64", "float32", "float64"})
# Stands between the rows while they are decoded as one list. A damaged row that runs into it leaves a rest that begins
# with one of 1..8, a number of its own, so the place where the mark is expected holds something else.
_MARK = bytes([_DOUBLE, *range(1, 9)])
_MARK_VALUE: float = struct.unpack(">d", _MARK[1:])[0]
_decode_numbers = msgspec.msgpack.Decoder(list[float]).decode


def is_numbers(schema: Schema) -> bool:
    """Whether every value of the schema's rows is a plain number on the wire."""
    return all(wire_type.kind in _NUMBERS for _, wire_type in schema.columns)


def decode_matrix(numpy: Any, rows: Sequence[bytes], width: int) -> npt.NDArray[np.float64] | None:
    """The values of the rows as float64, one row each; None where they are not all numbers, as a null is not.

    Args:
        numpy: The module.
        rows: Each a header and what should be an array of `width` values.
        width: Number of columns.
    """
    head = bytes([0x90 | width]) if width <= _FIXED_ARRAY else b"\xdc" + width.to_bytes(2, "big")
    start = BODY + len(head)
    size = start + width * _DOUBLE_BYTES
    if len(rows[0]) == size and len(set(map(len, rows))) == 1:
        packed = b"".join(rows)
        # The same byte of every row at once: the array's header, then the tag of each double.
        expected = [*enumerate(head, BODY), *((place, _DOUBLE) for place in range(start, size, _DOUBLE_BYTES))]
        if all([packed[place::size] == bytes([byte]) * len(rows) for place, byte in expected]):  # noqa: C419 - faster so
            strided = numpy.ndarray((len(rows), width), ">f8", packed, start + 1, (size, _DOUBLE_BYTES))
            doubles: npt.NDArray[np.float64] = strided.astype(numpy.float64)
            return doubles
    if [row for row in rows if row[BODY:start] != head]:
        return None
    count = len(rows) * (width + 1)
    bodies = [row[start:] for row in rows]
    bodies.append(b"")
    try:
        values = _decode_numbers(b"\xdd" + count.to_bytes(4, "big") + _MARK.join(bodies))
    except DECODE_ERRORS:
        return None
    marked: npt.NDArray[np.float64] = numpy.frombuffer(struct.pack(f"{count}d", *values)).reshape(len(rows), width + 1)
    return marked[:, :width] if (marked[:, width] == _MARK_VALUE).all() else None
