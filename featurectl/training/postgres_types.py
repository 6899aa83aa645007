"""PostgreSQL's types as Arrow's, and back."""

from __future__ import annotations

import json
import re
from datetime import UTC
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from featurectl.errors import TrainingSetError

if TYPE_CHECKING:
    from psycopg import Column
    from psycopg.types import TypesRegistry

_MAX_DECIMAL_DIGITS = 38
_DECIMAL = re.compile(r"(?:decimal|numeric)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)", re.IGNORECASE)
_TO_ARROW = {
    "bool": pa.bool_(),
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
    "time": pa.time64("us"),
    "bytea": pa.binary(),
}
_FROM_ARROW = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_int8, "smallint"),
    (pa.types.is_int16, "smallint"),
    (pa.types.is_uint64, "numeric(20)"),
    (pa.types.is_uint32, "bigint"),
    (pa.types.is_int64, "bigint"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_float64, "double precision"),
    (pa.types.is_floating, "real"),
    (pa.types.is_date, "date"),
    (pa.types.is_time, "time"),
    (pa.types.is_string, "text"),
    (pa.types.is_large_string, "text"),
    (pa.types.is_string_view, "text"),
    (pa.types.is_dictionary, "text"),
    (pa.types.is_null, "text"),
    (pa.types.is_binary, "bytea"),
    (pa.types.is_large_binary, "bytea"),
)


def arrow_type(column: Column, types: TypesRegistry, declared: str | None = None) -> pa.DataType:
    """The Arrow type of a result's column.

    A number whose precision neither the result nor the contract's `declared` type tells becomes a double; uuid, json
    and what Arrow does not know become text.
    """
    info = types.get(column.type_code)
    if info is None:
        return pa.string()
    if column.type_code == info.array_oid:
        return pa.list_(_TO_ARROW.get(info.name, pa.string()))
    if info.name == "numeric":
        precision, scale = column.precision, column.scale
        if precision is None and (found := _DECIMAL.fullmatch(declared or "")):
            precision, scale = int(found[1]), int(found[2] or 0)
        if precision is None or precision > _MAX_DECIMAL_DIGITS:
            return pa.float64()
        return pa.decimal128(precision, scale or 0)
    return _TO_ARROW.get(info.name, pa.string())


def column_type(field: pa.Field) -> str:
    """The type of a temporary table's column for an Arrow field.

    Raises:
        TrainingSetError: PostgreSQL has none for it.
    """
    kind = field.type
    if pa.types.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision}, {kind.scale})"
    for is_kind, name in _FROM_ARROW:
        if is_kind(kind):
            return name
    raise TrainingSetError(
        f"spine: {field.name}: expected a plain value for a PostgreSQL column, got {kind}",
        hint="Leave the column out of the spine, or write it as text.",
    )


def plain(value: Any, kind: pa.DataType) -> Any:
    """A value as psycopg gives it, as Arrow takes it."""
    if value is None:
        return None
    if pa.types.is_string(kind) and not isinstance(value, str):
        return json.dumps(value) if isinstance(value, (dict, list)) else str(value)
    if pa.types.is_float64(kind):
        return float(value)
    if pa.types.is_timestamp(kind) and kind.tz:
        return value.astimezone(UTC)
    return value
