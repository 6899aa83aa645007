"""Values on the wire: Python values to what MessagePack carries, and back as declared.

Times are integers of UTC microseconds; decimals, dates, times, UUIDs and wide integers are text. A list of floats is
packed little-endian in one binary; where that would lose something (a null inside, or a float32 that needs more bits)
it is a plain MessagePack array instead, and readers tell the two apart by the MessagePack type.
"""

from __future__ import annotations

import operator
import struct
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from serving.errors import ValueTypeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from serving.format.types import WireType

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive on purpose: timestamps without a zone come back naive
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_EXACT = Context(prec=2000, traps=[Inexact, InvalidOperation])
_RANGES = {"int64": (-(2**63), 2**63 - 1), "uint64": (0, 2**64 - 1)}
_FLOAT_FORMATS = {"float32": ("f", 4), "float64": ("d", 8)}


def to_micros(value: datetime) -> int:
    """Microseconds since 1970 in UTC; a naive value is UTC; anything finer is floored."""
    if value.tzinfo is not None:
        value = value.astimezone(UTC)
    seconds = ((value.toordinal() - _EPOCH_ORDINAL) * 24 + value.hour) * 3600 + value.minute * 60 + value.second
    return seconds * 1_000_000 + value.microsecond


def from_micros(micros: int) -> datetime:
    """The instant as an aware UTC datetime."""
    return _EPOCH_UTC + timedelta(microseconds=micros)


def _naive_from_micros(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


@lru_cache(maxsize=4096)
def encoder(wire_type: WireType) -> Callable[[Any], Any]:
    """A function from a value (never None) to what MessagePack carries; it raises ValueTypeError.

    Besides the declared Python type it takes the ISO or decimal text of types that JSON lacks.
    """
    if wire_type.item is not None:
        return _list_encoder(wire_type)
    convert = _ENCODERS[wire_type.kind]

    def encode(value: Any) -> Any:
        try:
            return convert(value, wire_type)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise ValueTypeError(wire_type.name, value) from error

    return encode


@lru_cache(maxsize=4096)
def decoder(wire_type: WireType) -> Callable[[Any], Any] | None:
    """The way back for a value that is not None; None where the wire value is already the Python value."""
    if wire_type.item is not None:
        return _list_decoder(wire_type.item)
    return _DECODERS.get(wire_type.kind)


def _bool(value: Any, _: WireType) -> bool:
    if isinstance(value, bool):
        return value
    raise TypeError


def _integer(value: Any, wire_type: WireType) -> int:
    if isinstance(value, bool):
        raise TypeError
    number = int(value) if isinstance(value, Decimal) and value == int(value) else operator.index(value)
    low, high = _RANGES[wire_type.kind]
    if not low <= number <= high:
        raise ValueError
    return number


def _wide_integer(value: Any, _: WireType) -> str:
    if isinstance(value, bool):
        raise TypeError
    return str(int(value) if isinstance(value, Decimal) and value == int(value) else operator.index(value))


def _float(value: Any, _: WireType) -> float:
    if isinstance(value, (bool, str, bytes)):
        raise TypeError
    return float(value)


def _decimal(value: Any, wire_type: WireType) -> str:
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, float, str)):
        raise TypeError
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return str(number)
    if wire_type.scale is not None:
        number = number.quantize(Decimal(1).scaleb(-wire_type.scale), context=_EXACT)
    return format(number, "f")


def _string(value: Any, _: WireType) -> str:
    if isinstance(value, str):
        value.encode()  # a lone surrogate has no UTF-8 form
        return value
    raise TypeError


def _bytes(value: Any, _: WireType) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise TypeError


def _date(value: Any, _: WireType) -> str:
    if isinstance(value, datetime):
        raise TypeError
    return (date.fromisoformat(value) if isinstance(value, str) else _require(value, date)).isoformat()


def _time(value: Any, _: WireType) -> str:
    parsed = time.fromisoformat(value) if isinstance(value, str) else _require(value, time)
    if parsed.tzinfo is not None:
        raise ValueError
    return parsed.isoformat()


def _timestamp(value: Any, _: WireType) -> int:
    return to_micros(datetime.fromisoformat(value) if isinstance(value, str) else _require(value, datetime))


def _uuid(value: Any, _: WireType) -> str:
    return str(UUID(value) if isinstance(value, str) else _require(value, UUID))


def _json(value: Any, _: WireType) -> str:
    # Some drivers parse JSON on the way; text stays as it is.
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _require(value: Any, python_type: type) -> Any:
    if not isinstance(value, python_type):
        raise TypeError
    return value


_ENCODERS: dict[str, Callable[[Any, WireType], Any]] = {
    "bool": _bool,
    "int64": _integer,
    "uint64": _integer,
    "hugeint": _wide_integer,
    "float32": _float,
    "float64": _float,
    "decimal": _decimal,
    "string": _string,
    "bytes": _bytes,
    "date": _date,
    "time": _time,
    "timestamp": _timestamp,
    "timestamptz": _timestamp,
    "uuid": _uuid,
    "json": _json,
}

_DECODERS: dict[str, Callable[[Any], Any]] = {
    "hugeint": int,
    "decimal": Decimal,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timestamp": _naive_from_micros,
    "timestamptz": from_micros,
    "uuid": UUID,
}


def _list_encoder(wire_type: WireType) -> Callable[[Any], Any]:
    item = wire_type.item
    assert item is not None  # noqa: S101 - only lists come here
    encode_item = encoder(item)
    float_format = _FLOAT_FORMATS.get(item.kind)

    def encode(value: Any) -> Any:
        if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__iter__"):
            raise ValueTypeError(wire_type.name, value)
        items = [None if each is None else encode_item(each) for each in value]
        if float_format is None:
            return items
        packed = _pack_floats(items, float_format[0])
        return items if packed is None else packed

    return encode


def _pack_floats(items: list[Any], code: str) -> bytes | None:
    """The items as packed little-endian floats, or None where that would change one."""
    try:
        packed = struct.pack(f"<{len(items)}{code}", *items)
    except (struct.error, OverflowError):  # a null; a double that no float32 holds
        return None
    if code == "f" and any(
        back != each and each == each  # noqa: PLR0124 - NaN survives, though it never equals itself
        for back, each in zip(struct.unpack(f"<{len(items)}f", packed), items, strict=True)
    ):
        return None
    return packed


def _list_decoder(item: WireType) -> Callable[[Any], Any] | None:
    decode_item = decoder(item)
    float_format = _FLOAT_FORMATS.get(item.kind)
    if float_format is not None:
        code, width = float_format

        def decode_floats(value: Any) -> list[Any]:
            return list(struct.unpack(f"<{len(value) // width}{code}", value)) if isinstance(value, bytes) else value

        return decode_floats
    if decode_item is None:
        return None
    return lambda value: [None if each is None else decode_item(each) for each in value]
