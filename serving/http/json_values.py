"""Feature values as JSON carries them: instants as epoch seconds, bytes as base64, and null for what JSON has no number for."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import msgspec

from serving.format.values import to_micros

if TYPE_CHECKING:
    from collections.abc import Callable

    from serving.format.types import WireType

    Convert = Callable[[list[Any]], list[Any]]

_MICROS = 1_000_000

# Decimals keep their digits, as numbers. NaN and the infinities become null. Bytes become base64, dates and UUIDs text.
encode = msgspec.json.Encoder(decimal_format="number").encode


def json_column(wire_type: WireType) -> Convert | None:
    """A function from a column's values to what `encode` takes, None where that is the same; non-finite numbers become None."""
    if wire_type.kind in ("float32", "float64"):
        return _finite_floats
    convert = _item(wire_type)
    return None if convert is None else lambda column: [None if value is None else convert(value) for value in column]


def _item(wire_type: WireType) -> Callable[[Any], Any] | None:
    if wire_type.item is not None:
        convert = _item(wire_type.item)
        return None if convert is None else lambda value: [None if each is None else convert(each) for each in value]
    if wire_type.kind in ("timestamp", "timestamptz"):
        return lambda value: to_micros(value) // _MICROS
    if wire_type.kind == "decimal":
        return lambda value: value if value.is_finite() else None
    return None


def _finite_floats(column: list[Any]) -> list[Any]:
    try:
        if isfinite(sum(column)):
            return column
    except TypeError:  # a null among them
        pass
    return [value if value is not None and isfinite(value) else None for value in column]
