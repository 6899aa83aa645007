"""The content of a table as one number, whatever the order of its rows."""

from __future__ import annotations

import hashlib

import pyarrow as pa
import pyarrow.compute as pc

_BYTES = 16
_MODULUS = 1 << (8 * _BYTES)
NULL = "n"


class Fingerprint:
    """A sum, modulo 2^128, of the BLAKE2b-128 hash of every row: independent of order and batches, duplicates counted.

    A row is the UTF-8 text of its values one after the other, each as ``<length in bytes>:<text>``, null as ``n:``. Numbers,
    dates and timestamps are written as Arrow casts them to text (floats as the shortest text that reads back the same).
    """

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, batch: pa.RecordBatch, first: int | None = None) -> None:
        """Count in the rows of a batch; with `first`, only that many columns of them."""
        chosen = batch if first is None else batch.select(list(range(first)))
        self.rows += batch.num_rows
        for row in _rows(chosen):
            self._sum += int.from_bytes(hashlib.blake2b(row, digest_size=_BYTES).digest(), "big")
        self._sum %= _MODULUS

    @property
    def hash(self) -> str:
        """32 hexadecimal digits."""
        return f"{self._sum:032x}"


def _rows(batch: pa.RecordBatch) -> list[bytes]:
    parts = []
    for column in batch.columns:
        text = _text(column)
        length = pc.coalesce(pc.cast(pc.binary_length(text), pa.string()), pa.scalar(NULL))
        parts += [length, pa.scalar(":"), pc.coalesce(text, pa.scalar(""))]
    if not parts:
        return [b""] * batch.num_rows
    joined: list[bytes] = pc.cast(pc.binary_join_element_wise(*parts, ""), pa.binary()).to_pylist()
    return joined


def _text(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return pa.array([None if value is None else repr(value) for value in column.to_pylist()], pa.string())
    return pc.cast(column, pa.string())
