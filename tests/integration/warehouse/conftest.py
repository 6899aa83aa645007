"""The zoo in types that every engine has, built once a session on DuckDB and on PostgreSQL."""

from __future__ import annotations

import pytest
from engine_zoos import EngineZoo, build_duckdb, build_postgres


@pytest.fixture(scope="session")
def duckdb_zoo(tmp_path_factory) -> EngineZoo:
    """On DuckDB; none of its tests changes it."""
    return build_duckdb(tmp_path_factory.mktemp("warehouse_duckdb"))


@pytest.fixture(scope="session")
def postgres_zoo(tmp_path_factory, postgres_uri) -> EngineZoo:
    """On PostgreSQL, in a database of its own."""
    return build_postgres(tmp_path_factory.mktemp("warehouse_postgres"), postgres_uri)
