"""Engines that are read through dbt's connection: how they are opened, and what is said when they cannot be."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlglot

from featurectl.errors import WarehouseError
from featurectl.registry import Column
from featurectl.warehouse import open_warehouse, queries
from featurectl.warehouse.adapter import AdapterReading, _float32s, _naive, _zoned
from featurectl.warehouse.dialects import ENGINES, dialect_of
from featurectl.warehouse.profile import Target


def target(adapter_type, **settings):
    """The target `dev` of a profile."""
    return Target("shop", "dev", True, adapter_type, settings, "profiles.yml: shop: dev")


@pytest.fixture
def view(make_view):
    """One with a created timestamp and texts, nested and zoned columns."""
    return make_view(
        join_keys=(Column("customer_id", "bigint"),),
        created_timestamp=Column("known_at", "timestamptz"),
        features=(Column("note", "varchar"), Column("tags", "array<string>"), Column("Shown", "timestamp")),
    )


def test_an_adapter_that_is_not_installed_is_named(tmp_path):
    with pytest.raises(WarehouseError, match=r"profiles\.yml: shop: dev: expected a target .*snowflake") as caught:
        open_warehouse(target("snowflake", account="a", user="u"), tmp_path)
    assert caught.value.hint == "Is dbt-snowflake installed?"


def test_a_key_that_the_adapter_does_not_take_is_told_without_secrets(monkeypatch):
    monkeypatch.setenv("FEATURECTL_DRIVER", "dbt")
    with pytest.raises(WarehouseError, match="expected a target that its adapter takes") as caught:
        open_warehouse(target("postgres", host="h", port="many", user="u", password="hidden-word"), Path())
    assert "hidden-word" not in str(caught.value)


def test_a_server_that_is_not_there_is_one_error(monkeypatch, tmp_path):
    monkeypatch.setenv("FEATURECTL_DRIVER", "dbt")
    settings = {"host": str(tmp_path), "port": 5432, "user": "u", "password": "", "dbname": "d", "schema": "s"}
    warehouse = open_warehouse(target("postgres", **settings, retries=0), tmp_path)
    with pytest.raises(WarehouseError, match=r"expected a warehouse that lets us in, got: .*No such file"), warehouse.reading():  # fmt: skip
        pass


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["stock", "latest_rows", "digests"])
def test_the_queries_are_sql_of_every_engine(engine, name, view):
    """With every spelling in them, they parse in the engine's dialect."""
    dialect = dialect_of(engine)
    arguments = {"digests": (0, 86_400_000_000, [10, 20])}.get(name, (0,))
    sql = getattr(queries, name)(view, dialect, *arguments).sql(dialect=dialect.name)
    sqlglot.parse_one(sql, dialect=dialect.name)


def test_snowflake_finds_what_dbt_left_unquoted(view):
    """Names in lower case are stored in upper case; any other name was quoted by its author."""
    sql = AdapterReading(None, dialect_of("snowflake"))._sql(queries.latest_rows(view, dialect_of("snowflake"), 0))
    assert '"ORDERS"' in sql
    assert '"CUSTOMER_ID"' in sql
    assert '"Shown"' in sql
    assert '"known_at"' not in sql


def test_values_are_what_every_other_engine_gives():
    """Instants from microseconds, float32 as it is; a number where Python has no such instant."""
    assert _zoned(1) == datetime(1970, 1, 1, microsecond=1, tzinfo=UTC)
    assert _naive(-1) == datetime(1969, 12, 31, 23, 59, 59, 999999)
    assert _naive(10**18) == 10**18
    assert _float32s([0.1, None]) == [0.10000000149011612, None]
