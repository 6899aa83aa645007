"""Rows decoded in one step: a MessagePack decoder made for the columns of one schema.

The decoder checks every value against its declared type and builds decimals, dates, times and UUIDs itself. What it cannot
build (instants, wide integers, packed lists of floats) is finished column by column.
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from serving.format.rows import BODY
from serving.format.values import decoder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from serving.format.schemas import Schema
    from serving.format.types import WireType

_CARRIED: dict[str, Any] = {
    "bool": bool,
    "int64": int,
    "uint64": int,
    "hugeint": str,
    "float32": float,
    "float64": float,
    "decimal": Decimal,
    "string": str,
    "bytes": bytes,
    "date": date,
    "time": time,
    "timestamp": int,
    "timestamptz": int,
    "uuid": UUID,
    "json": str,
}
_PACKED = frozenset({"float32", "float64"})
# Kinds whose Python value the MessagePack decoder builds from text.
_BUILT = frozenset({"decimal", "date", "time", "uuid"})

Column = tuple[str, "WireType"]


def body_decoder(schema: Schema, wanted: Sequence[Column]) -> Callable[[bytes], tuple[Any, ...]]:
    """A function from a row to the values of the wanted columns, in their order; None for a column the schema lacks.

    The values still need `finisher`. The function raises msgspec.DecodeError for anything but a row with one value of the
    declared type, or a null, for every column of the schema: a tombstone too.
    """
    row_type: Any = tuple.__class_getitem__(tuple([carried(kind) | None for _, kind in schema.columns]))
    decode = msgspec.msgpack.Decoder(row_type).decode
    if tuple(wanted) == schema.columns:
        return lambda row: decode(row[BODY:])
    places = {column: place for place, column in enumerate(schema.columns)}
    chosen = [places.get(column) for column in wanted]
    if None in chosen:
        return lambda row: _with_gaps(decode(row[BODY:]), chosen)
    if len(chosen) == 1:
        (only,) = chosen
        return lambda row: (decode(row[BODY:])[only],)
    pick = itemgetter(*chosen)
    return lambda row: pick(decode(row[BODY:]))


def carried(wire_type: WireType) -> Any:
    """The type that the MessagePack decoder checks a value against, and builds."""
    item = wire_type.item
    if item is None:
        return _CARRIED[wire_type.kind]
    items: Any = list.__class_getitem__(carried(item) | None)
    return bytes | items if item.kind in _PACKED else items


def finisher(wire_type: WireType) -> Callable[[Any], Any] | None:
    """What turns a decoded value that is not None into the declared one; None where it already is."""
    item = wire_type.item
    if item is None:
        return None if wire_type.kind in _BUILT else decoder(wire_type)
    if item.kind in _PACKED:
        return decoder(wire_type)
    finish = finisher(item)
    return None if finish is None else lambda value: [None if each is None else finish(each) for each in value]


def _with_gaps(values: tuple[Any, ...], chosen: Sequence[int | None]) -> tuple[Any, ...]:
    return tuple([None if place is None else values[place] for place in chosen])
