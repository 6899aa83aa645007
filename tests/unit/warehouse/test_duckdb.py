"""The DuckDB file: found as dbt finds it, named as DuckDB names it, and free again after each read."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from featurectl.errors import WarehouseError
from featurectl.manifest import Relation
from featurectl.registry import Column
from featurectl.warehouse import duckdb as duckdb_warehouse
from featurectl.warehouse import open_warehouse, queries
from featurectl.warehouse.profile import Target


def target(**settings):
    """The target `dev` of a profile."""
    adapter = settings.pop("type", "duckdb")
    return Target("shop", "dev", True, adapter, settings, "profiles.yml: shop: dev")


@pytest.mark.parametrize("name", ["shop.duckdb", "my.db.duckdb", "no-ending", ".hidden.duckdb", "Größe v2.db"])
def test_a_database_is_named_as_duckdb_names_it(tmp_path, name):
    """The manifest's relations carry that name, so another one would refuse the right target."""
    with duckdb.connect(str(tmp_path / name)) as connection:
        (expected,) = connection.execute("select current_database()").fetchone()
    assert open_warehouse(target(path=name), tmp_path).database == expected


def test_a_path_is_of_the_project_of_home_or_absolute(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/somebody")
    assert open_warehouse(target(path="a/b.duckdb"), tmp_path).path == tmp_path / "a" / "b.duckdb"
    assert open_warehouse(target(path="/a/b.duckdb"), tmp_path).path == Path("/a/b.duckdb")
    assert open_warehouse(target(path="~/b.duckdb"), tmp_path).path == Path("/home/somebody/b.duckdb")


@pytest.mark.parametrize("path", [None, ":memory:", 7])
def test_a_warehouse_in_memory_cannot_be_read_from_outside(tmp_path, path):
    with pytest.raises(WarehouseError, match=r"profiles\.yml: shop: dev: path: expected a file, got"):
        open_warehouse(target(path=path), tmp_path)


def test_an_adapter_without_a_driver_is_told(tmp_path):
    with pytest.raises(WarehouseError, match=r"dev: type: expected one of .*duckdb.*, got 'oracle'"):
        open_warehouse(target(type="oracle"), tmp_path)


def test_a_reading_is_in_utc_with_the_settings_and_frees_the_file(tmp_path):
    """A quote in a value stays a quote."""
    duckdb.connect(str(tmp_path / "shop.duckdb")).close()
    odd = str(tmp_path / "o'clock")
    settings = {"memory_limit": "64MB", "temp_directory": odd, "threads": 1, "TimeZone": "America/New_York"}
    warehouse = open_warehouse(target(path="shop.duckdb", settings=settings), tmp_path)
    with warehouse.reading() as reading:
        shown = reading._execute("select current_setting('TimeZone'), current_setting('temp_directory')").fetchone()
        assert shown == ("UTC", odd)
        with pytest.raises(WarehouseError, match="read-only"):
            reading._execute("create table shop (id bigint)")
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as writer:
        writer.execute("create table shop (id bigint)")


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("order", ["n", "customer_id"])
def test_of_a_long_table_a_part_is_asked_first_and_the_rows_are_the_same(
    tmp_path, monkeypatch, make_view, times, order
):
    """A part that shows no entity twice says nothing: here the second row of each comes long after the first, or at once."""
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table customer_orders as select n % 100 as customer_id, make_timestamp(n) as ordered_at, n as orders_count "
            f"from range({100 * times}) as t(n) order by {order}"
        )
    view = make_view(
        relation=Relation("shop", "main", "customer_orders"),
        join_keys=(Column("customer_id", "bigint"),),
        event_timestamp=Column("ordered_at", "timestamp"),
        features=(Column("orders_count", "bigint"),),
    )
    asked = []
    repeated_entity = queries.repeated_entity
    monkeypatch.setattr(
        queries, "repeated_entity", lambda *args, **of: asked.append(of["among"]) or repeated_entity(*args, **of)
    )
    monkeypatch.setattr(duckdb_warehouse, "SAMPLE_FROM_ROWS", 99)
    with open_warehouse(target(path=str(path)), tmp_path).reading() as reading:
        rows = sorted((row.keys[0], row.values[0]) for batch in reading.latest_rows(view, 10**9) for row in batch)
    assert rows == [(n, n + 100 * (times - 1)) for n in range(100)]
    found_at_once = times == 2 and order == "customer_id"
    assert asked == [100 * times // 8] if found_at_once else asked == [100 * times // 8, None]
