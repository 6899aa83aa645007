"""Column types as far as metadata needs them: times, booleans, alike keys, and which defaults fit."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from serving.errors import ServingError, UnservableTypeError
from serving.format.catalog import encode_default
from serving.format.types import WireType, parse_type

_SIGNED_BITS = {
    **dict.fromkeys(("tinyint", "int1", "byteint", "byte"), 8),
    **dict.fromkeys(("smallint", "int2", "int16", "short"), 16),
    **dict.fromkeys(("integer", "int", "int4", "int32"), 32),
    **dict.fromkeys(("bigint", "int8", "int64", "long"), 64),
}


def is_boolean(data_type: str) -> bool:
    """Whether a column holds true and false."""
    return _kind(data_type) == "bool"


def is_date(data_type: str) -> bool:
    """Whether a column holds days without a time."""
    return _kind(data_type) == "date"


def is_timestamp(data_type: str) -> bool:
    """Whether a column holds instants, with or without a zone."""
    return _kind(data_type) in {"timestamp", "timestamptz"}


def same_key_type(left: str, right: str) -> bool:
    """Whether two declared types encode keys alike, e.g. ``integer`` and ``bigint``."""
    return _wire_name(left) == _wire_name(right)


def default_problem(value: Any, data_type: str) -> str | None:
    """What a default for this column should be, or None when it fits: the warehouse casts it, the online catalog carries it.

    Types that cannot be served (structs, an adapter's own) accept any value but null.
    """
    if value is None:
        return "a value (null is what a feature without a default has)"
    wire_type = _parse(data_type)
    if wire_type is None or _fits(value, wire_type, _signed_bits(data_type)):
        return None
    if wire_type.kind == "int64":
        return f"a {data_type}"
    return f"{_wanted(wire_type)} ({data_type})"


def _fits(value: Any, wire_type: WireType, bits: int) -> bool:
    """Whether the catalog can carry the value, and a cast in the warehouse keeps it."""
    if wire_type.item is not None:
        item = wire_type.item
        return isinstance(value, list) and all(each is None or _fits(each, item, bits) for each in value)
    try:
        encode_default(wire_type, value)
    except ServingError:
        return False
    if wire_type.kind == "int64":
        return bool(-(2 ** (bits - 1)) <= value < 2 ** (bits - 1))
    if wire_type.kind == "decimal":
        return _fits_decimal(value, wire_type)
    return wire_type.kind != "json" or not isinstance(value, (dict, list))  # SQL has them as text alone


def _wanted(wire_type: WireType) -> str:
    if wire_type.item is not None:
        return f"a list, each item null or {_wanted(wire_type.item)}"
    return _WANTED[wire_type.kind]


def _signed_bits(data_type: str) -> int:
    """Of an integer type, or of the items of a list; 64 for every other."""
    words = re.findall(r"[a-z0-9_]+", data_type.lower())
    return next((_SIGNED_BITS[word] for word in words if word in _SIGNED_BITS), 64)


def _parse(data_type: str) -> WireType | None:
    try:
        return parse_type(data_type)
    except UnservableTypeError:
        return None


def _kind(data_type: str) -> str | None:
    wire_type = _parse(data_type)
    return wire_type.kind if wire_type else None


def _wire_name(data_type: str) -> str:
    wire_type = _parse(data_type)
    return wire_type.name if wire_type else data_type.lower()


def _fits_decimal(value: Any, wire_type: WireType) -> bool:
    number = Decimal(str(value))
    if not number.is_finite() or wire_type.precision is None or wire_type.scale is None:
        return number.is_finite()
    return abs(number) < Decimal(10) ** (wire_type.precision - wire_type.scale)


_WANTED = {
    "bool": "true or false",
    "int64": "an integer that fits the type",
    "uint64": "an integer from 0",
    "hugeint": "an integer",
    "float32": "a number",
    "float64": "a number",
    "decimal": "a number that fits the type",
    "string": "a text",
    "bytes": "no default, for the online catalog is JSON and carries no bytes",
    "date": "a date as YYYY-MM-DD",
    "time": "a time as HH:MM:SS",
    "timestamp": "a timestamp as ISO 8601",
    "timestamptz": "a timestamp as ISO 8601",
    "uuid": "a uuid",
    "json": "JSON as a text",
}
