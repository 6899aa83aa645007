"""Training rows at an instant from the compiled SQL, and what makes two values the same."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def training_rows(
    duckdb_path: Path, compiled: str, *, spine: str, columns: str, rows: Sequence[Sequence[Any]]
) -> list[dict[str, Any]]:
    """A training set evaluated on other spine rows, in their order.

    Args:
        compiled: The training set's SQL.
        spine: The relation in it to put the rows in the place of.
        columns: Of the spine, as SQL; the first one orders the rows.
        rows: One a spine row.
    """
    assert spine in compiled
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{duckdb_path}' (read_only)")
        connection.execute(f"create temp table spine_at ({columns})")
        connection.executemany(f"insert into spine_at values ({', '.join('?' * len(rows[0]))})", rows)
        cursor = connection.execute(f"select * from ({compiled.replace(spine, 'spine_at')}) order by 1")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def exactly(value: Any) -> Any:
    """A stand-in that is equal for the same value of the same type alone: NaN too, -0.0 not for 0.0, 1.1 not for 1.10."""
    if isinstance(value, list):
        return [exactly(item) for item in value]
    if isinstance(value, (float, Decimal)):
        return type(value).__name__, str(value)
    if isinstance(value, (datetime, time)):
        return type(value).__name__, value.isoformat()
    return type(value).__name__, value
