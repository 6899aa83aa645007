"""A read-only connection to the example's warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def warehouse(flights_project) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open for the test alone, so that no other process finds the file locked."""
    with duckdb.connect(flights_project.duckdb_path, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
