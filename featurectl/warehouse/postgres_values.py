"""What PostgreSQL sends -> the Python values that other engines' drivers give, so that the same data is the same bytes online."""

from __future__ import annotations

import struct
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from psycopg.adapt import Loader
from psycopg.pq import Format

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.abc import Buffer

_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - naive on purpose: PostgreSQL counts from here, in UTC
_EPOCH_ORDINAL = date(2000, 1, 1).toordinal()
_MIDNIGHT = datetime(1, 1, 1)  # noqa: DTZ001 - only its time of day is used
_DAY_US = 86_400_000_000
_read_int8 = struct.Struct("!q").unpack
_read_int4 = struct.Struct("!i").unpack
_INFINITE = {2**63 - 1: datetime.max, -(2**63): datetime.min}  # noqa: DTZ901 - naive like the epoch
_INFINITE_DAYS = {2**31 - 1: date.max, -(2**31): date.min}


class _Binary(Loader):
    format = Format.BINARY


class _Timestamp(_Binary):
    """An infinite one is the last or first that Python knows, as DuckDB's driver has it; a number where Python has none."""

    def load(self, data: Buffer) -> Any:
        (micros,) = _read_int8(data)
        try:
            return _INFINITE.get(micros) or _EPOCH + timedelta(microseconds=micros)
        except OverflowError:
            return micros


class _TimestampTz(_Timestamp):
    def load(self, data: Buffer) -> Any:
        value = super().load(data)
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


class _Date(_Binary):
    def load(self, data: Buffer) -> Any:
        (days,) = _read_int4(data)
        try:
            return _INFINITE_DAYS.get(days) or date.fromordinal(_EPOCH_ORDINAL + days)
        except (OverflowError, ValueError):
            return days


class _Time(_Binary):
    """24:00:00, which Python does not have, is a number."""

    def load(self, data: Buffer) -> Any:
        micros: int = _read_int8(data)[0]
        return micros if micros >= _DAY_US else (_MIDNIGHT + timedelta(microseconds=micros)).time()


class _Json(_Binary):
    """The text as it is stored."""

    def load(self, data: Buffer) -> str:
        return bytes(data).decode()


class _Jsonb(_Binary):
    """The text after a byte of version."""

    def load(self, data: Buffer) -> str:
        return bytes(data)[1:].decode()


_LOADERS: dict[str, type[Loader]] = {
    "timestamp": _Timestamp,
    "timestamptz": _TimestampTz,
    "date": _Date,
    "time": _Time,
    "json": _Json,
    "jsonb": _Jsonb,
}


def load_as_other_engines(connection: Connection[Any]) -> None:
    """Have a connection's binary results read so. A value that Python cannot hold is a number of another type: no row is lost for it."""
    for name, loader in _LOADERS.items():
        connection.adapters.register_loader(name, loader)
