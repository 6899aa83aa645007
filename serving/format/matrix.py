"""Rows of numbers straight to a numpy matrix, without a Python object a value where the bytes allow it."""

from __future__ import annotations

import struct
from itertools import takewhile
from operator import itemgetter
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
_FLOATS = frozenset({"float32", "float64"})
_NUMBERS = frozenset({"int64", "uint64", *_FLOATS})
# Stands between the rows while they are decoded as one list. A damaged row that runs into it leaves a rest that begins
# with one of 1..8, a number of its own, so the place where the mark is expected holds something else.
_MARK = bytes([_DOUBLE, *range(1, 9)])
_MARK_VALUE: float = struct.unpack(">d", _MARK[1:])[0]
_decode_numbers = msgspec.msgpack.Decoder(list[float]).decode


class MatrixDecoder:
    """Rows of one schema to a matrix: the doubles that come first at their fixed places, the rest decoded as one list.

    Args:
        schema: With numbers alone (`is_numbers`).
    """

    def __init__(self, schema: Schema) -> None:
        width = len(schema.columns)
        head = bytes([0x90 | width]) if width <= _FIXED_ARRAY else b"\xdc" + width.to_bytes(2, "big")
        self._doubles = len([*takewhile(lambda column: column[1].kind in _FLOATS, schema.columns)])
        self._rest = width - self._doubles
        self._start = BODY + len(head)
        self._end = self._start + self._doubles * _DOUBLE_BYTES
        tags = [(place, _DOUBLE) for place in range(self._start, self._end, _DOUBLE_BYTES)]
        self._expected = [(place, bytes([byte])) for place, byte in [*enumerate(head, BODY), *tags]]
        self._front_of = itemgetter(slice(0, self._end))
        self._rest_of = itemgetter(slice(self._end, None))

    def decode(self, numpy: Any, rows: Sequence[bytes]) -> npt.NDArray[np.float64] | None:
        """The values of the rows as float64, one row each; None where they are not all numbers, as a null is not.

        Args:
            numpy: The module.
            rows: At least one, each a header and what should be an array of the schema's values.
        """
        count, end, doubles = len(rows), self._end, self._doubles
        fronts = b"".join(map(self._front_of, rows))
        # The same byte of every row at once: the array's header, then the tag of each double.
        if len(fronts) != count * end or any([fronts[at::end] != byte * count for at, byte in self._expected]):  # noqa: C419 - faster so
            return None
        matrix: npt.NDArray[np.float64] = numpy.empty((count, doubles + self._rest))
        if doubles:
            matrix[:, :doubles] = numpy.ndarray((count, doubles), ">f8", fronts, self._start + 1, (end, _DOUBLE_BYTES))
        rests = [*map(self._rest_of, rows), b""]
        if not self._rest:
            return None if any(rests) else matrix
        width = self._rest + 1
        try:
            values = _decode_numbers(b"\xdd" + (count * width).to_bytes(4, "big") + _MARK.join(rests))
        except DECODE_ERRORS:
            return None
        if values[self._rest :: width] != [_MARK_VALUE] * count:
            return None
        marked = numpy.frombuffer(struct.pack(f"{count * width}d", *values)).reshape(count, width)
        matrix[:, doubles:] = marked[:, :-1]
        return matrix


def is_numbers(schema: Schema) -> bool:
    """Whether every value of the schema's rows is a plain number on the wire."""
    return all(wire_type.kind in _NUMBERS for _, wire_type in schema.columns)
