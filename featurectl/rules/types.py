"""Warehouse types as far as metadata needs them: times, booleans, and which defaults fit a column."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable

_INTEGERS = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
}
_INTEGER_NAMES = {
    "tinyint": (-128, 127), "int1": (-128, 127), "byteint": (-128, 127),
    "smallint": _INTEGERS["int16"], "int2": _INTEGERS["int16"], "short": _INTEGERS["int16"],
    "integer": _INTEGERS["int32"], "int": _INTEGERS["int32"], "int4": _INTEGERS["int32"],
    "bigint": _INTEGERS["int64"], "int8": _INTEGERS["int64"], "long": _INTEGERS["int64"],
    "utinyint": _INTEGERS["uint8"], "usmallint": _INTEGERS["uint16"],
    "uinteger": _INTEGERS["uint32"], "ubigint": _INTEGERS["uint64"],
    "hugeint": (-(2**127), 2**127 - 1), "uhugeint": (0, 2**128 - 1),
    **_INTEGERS,
}  # fmt: skip
_FLOATS = {"float", "float4", "float8", "real", "double", "double precision", "float32", "float64"}
_DECIMALS = {"decimal", "numeric", "dec"}
_TEXTS = {"varchar", "char", "bpchar", "text", "string", "character varying", "character", "nvarchar"}
_BOOLEANS = {"boolean", "bool", "logical"}


def base_type(data_type: str) -> str:
    """The type's name in lower case without parameters: ``DECIMAL(10, 2)`` is ``decimal``."""
    return " ".join(re.sub(r"\(.*?\)", " ", data_type.lower()).split())


def is_boolean(data_type: str) -> bool:
    """Whether a column holds true and false."""
    return base_type(data_type) in _BOOLEANS


def is_date(data_type: str) -> bool:
    """Whether a column holds days without a time."""
    return base_type(data_type) in {"date", "date32"}


def is_timestamp(data_type: str) -> bool:
    """Whether a column holds instants, with or without a zone."""
    return base_type(data_type).startswith(("timestamp", "datetime"))


def same_type(left: str, right: str) -> bool:
    """Whether two declared types encode keys alike: texts are one, integers are one, others by their text."""
    return _key_family(left) == _key_family(right)


def default_problem(value: Any, data_type: str) -> str | None:
    """What a default for this column should be, or None when it fits.

    Types that are not known here (structs, maps, an adapter's own) accept any value but null.
    """
    if value is None:
        return "a value (null is what a feature without a default has)"
    base = base_type(data_type)
    if base.endswith("[]") or base.startswith("array") or base == "list":
        return None if isinstance(value, list) else f"a list ({data_type})"
    if base in _INTEGER_NAMES:
        low, high = _INTEGER_NAMES[base]
        return None if _is_integer(value) and low <= value <= high else f"an integer from {low} to {high} ({data_type})"
    if base in _DECIMALS:
        return _decimal_problem(value, data_type)
    for matches, fits, wanted in _OTHERS:
        if matches(base):
            return None if fits(value) else f"{wanted} ({data_type})"
    return None


def _key_family(data_type: str) -> str:
    base = base_type(data_type)
    if base in _TEXTS:
        return "text"
    if base in _INTEGER_NAMES:
        return "integer"
    return re.sub(r"\s+", "", data_type.lower()) if base in _DECIMALS else base


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


def _decimal_problem(value: Any, data_type: str) -> str | None:
    digits = re.search(r"\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)", data_type)
    wanted = f"a number that fits {data_type}"
    if not _is_number(value) and not isinstance(value, str):
        return wanted
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return wanted
    if not number.is_finite():
        return wanted
    if digits is None:
        return None
    precision, scale = int(digits[1]), int(digits[2] or 0)
    exponent = number.normalize().as_tuple().exponent
    fits = isinstance(exponent, int) and -exponent <= scale and abs(number) < Decimal(10) ** (precision - scale)
    return None if fits else wanted


_OTHERS: tuple[tuple[Callable[[str], bool], Callable[[Any], bool], str], ...] = (
    (_FLOATS.__contains__, _is_number, "a number"),
    (_TEXTS.__contains__, lambda value: isinstance(value, str), "a string"),
    (_BOOLEANS.__contains__, lambda value: isinstance(value, bool), "true or false"),
    (is_date, _parses(date.fromisoformat), "a date as YYYY-MM-DD"),
    (is_timestamp, _parses(datetime.fromisoformat), "a timestamp as ISO 8601"),
    (lambda base: base.startswith("time"), _parses(time.fromisoformat), "a time as HH:MM:SS"),
    ("uuid".__eq__, _parses(UUID), "a uuid"),
)
