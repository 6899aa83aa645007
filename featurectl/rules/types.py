"""Column types as far as metadata needs them: times, booleans, alike keys, and which defaults fit."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID

from serving.errors import UnservableTypeError
from serving.format.types import WireType, parse_type

if TYPE_CHECKING:
    from collections.abc import Callable

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
    """What a default for this column should be, or None when it fits.

    Types that cannot be served (structs, an adapter's own) accept any value but null.
    """
    if value is None:
        return "a value (null is what a feature without a default has)"
    wire_type = _parse(data_type)
    if wire_type is None:
        return None
    if wire_type.kind == "int64":
        bits = _SIGNED_BITS.get(data_type.lower().strip(), 64)
        return None if _is_integer(value) and -(2 ** (bits - 1)) <= value < 2 ** (bits - 1) else f"a {data_type}"
    if wire_type.kind == "decimal":
        return None if _fits_decimal(value, wire_type) else f"a number that fits {data_type}"
    fits, wanted = _DEFAULTS[wire_type.kind]
    return None if fits(value) else f"{wanted} ({data_type})"


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


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return _is_integer(value) or isinstance(value, float)


def _parses(parse: Callable[[str], Any]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return fits


def _fits_decimal(value: Any, wire_type: WireType) -> bool:
    if not _is_number(value) and not isinstance(value, str):
        return False
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return False
    if not number.is_finite() or wire_type.precision is None or wire_type.scale is None:
        return number.is_finite()
    digits_after_point = -int(number.normalize().as_tuple().exponent)
    return digits_after_point <= wire_type.scale and abs(number) < Decimal(10) ** (
        wire_type.precision - wire_type.scale
    )


_DEFAULTS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "bool": (lambda value: isinstance(value, bool), "true or false"),
    "uint64": (lambda value: _is_integer(value) and 0 <= value < 2**64, "an integer from 0"),
    "hugeint": (_is_integer, "an integer"),
    "float32": (_is_number, "a number"),
    "float64": (_is_number, "a number"),
    "string": (lambda value: isinstance(value, str), "a string"),
    "bytes": (lambda value: isinstance(value, str), "a string"),
    "date": (_parses(date.fromisoformat), "a date as YYYY-MM-DD"),
    "time": (_parses(time.fromisoformat), "a time as HH:MM:SS"),
    "timestamp": (_parses(datetime.fromisoformat), "a timestamp as ISO 8601"),
    "timestamptz": (_parses(datetime.fromisoformat), "a timestamp as ISO 8601"),
    "uuid": (_parses(UUID), "a uuid"),
    "json": (lambda _: True, "a JSON value"),
    "list": (lambda value: isinstance(value, list), "a list"),
}
