"""What a declared warehouse type is, as far as the queries care."""

from __future__ import annotations

_TEXT = ("text", "varchar", "char", "bpchar", "character", "string")
_ZONED = {"timestamptz", "timestamp with time zone", "timestamp_tz", "timestamp_ltz"}
_NESTED = ("array", "struct", "json")


def is_text(data_type: str) -> bool:
    """A string of any length; no list of them."""
    return data_type.lower().startswith(_TEXT) and "[" not in data_type


def is_date(data_type: str) -> bool:
    """A day without a time."""
    return data_type.lower() == "date"


def is_zoned(data_type: str) -> bool:
    """An instant, with or beside its zone."""
    return data_type.lower() in _ZONED


def is_nested(data_type: str) -> bool:
    """A list, a struct or JSON in an engine that orders none of them."""
    return data_type.lower().startswith(_NESTED)
