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
Values = tuple[Any, ...]


def row_decoder(
    schema: Schema, wanted: Sequence[Column]
) -> tuple[Callable[[bytes], Values], Callable[[Values], Values] | None]:
    """A decoder of what follows a row's header, and what picks the wanted columns from it; None where it is as wanted.

    A column that the schema lacks is picked as None. The values still need `finisher`. The decoder raises msgspec.DecodeError for
    anything but one value of the declared type, or a null, for every column of the schema: for a tombstone too.
    """
    row_type: Any = tuple.__class_getitem__(tuple([carried(kind) | None for _, kind in schema.columns]))
    decode = msgspec.msgpack.Decoder(row_type).decode
    if tuple(wanted) == schema.columns:
        return decode, None
    places = {column: place for place, column in enumerate(schema.columns)}
    chosen = [places.get(column) for column in wanted]
    if None in chosen:
        return decode, lambda values: tuple([None if place is None else values[place] for place in chosen])
    if len(chosen) == 1:
        (only,) = chosen
        return decode, lambda values: (values[only],)
    return decode, itemgetter(*chosen)


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
