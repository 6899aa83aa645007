"""Another engine, the same bytes: views of every type, published from PostgreSQL as from DuckDB."""

from __future__ import annotations

import msgspec
import pytest
from stored import contents
from zoo import BASE, HOUR, NAMESPACE, TICK

from featurectl.warehouse import adapter
from featurectl.warehouse import duckdb as duckdb_driver
from featurectl.warehouse import postgres as postgres_driver


def rows_in(url: str) -> dict[str, bytes]:
    """Row keys and rows; not the catalog and the state, which tell of the build."""
    found = {key.decode() if isinstance(key, bytes) else key: value for key, value in contents(url).items() if not isinstance(key, tuple)}  # fmt: skip
    return {
        key: value for key, value in found.items() if "@" in key and ":state:" not in key and ":sentinel:" not in key
    }


def read(row: bytes) -> str:
    """Header and values, to see what differs."""
    return f"{row[:21].hex()} {msgspec.msgpack.decode(row[21:])}"


@pytest.mark.parametrize("instant", [BASE - HOUR, BASE, BASE + TICK, BASE + 6 * HOUR])
def test_postgres_publishes_the_bytes_that_duckdb_publishes(duckdb_zoo, postgres_zoo, tmp_path, instant, monkeypatch):
    """Ties, composite and odd keys, tombstones, forecasts, every type; in batches of seven rows, which is more than one."""
    monkeypatch.setattr(duckdb_driver, "BATCH_ROWS", 7)
    monkeypatch.setattr(postgres_driver, "BATCH_ROWS", 7)
    stores = []
    for name, zoo in (("duckdb", duckdb_zoo), ("postgres", postgres_zoo)):
        url = f"sqlite://{tmp_path}/{name}.db"
        result = zoo.sync(instant, url=url)
        assert result.exit_code == 0, result.output
        stores.append(rows_in(url))
    differing = {key: (read(row), read(stores[1][key])) for key, row in stores[0].items() if stores[1].get(key) != row}
    assert differing == {}
    assert stores[0] == stores[1]
    assert len([key for key in stores[0] if key.startswith(f"{NAMESPACE}:accounts@0:")]) >= 10


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_dbts_own_connection_gives_the_same_bytes(engine, duckdb_zoo, postgres_zoo, tmp_path, monkeypatch):
    """As any other adapter is read: here those at hand, told to do without their drivers."""
    zoo = {"duckdb": duckdb_zoo, "postgres": postgres_zoo}[engine]
    stores = []
    for driver in ("native", "dbt"):
        monkeypatch.setenv("FEATURECTL_DRIVER", driver)
        monkeypatch.setattr(adapter, "BATCH_ROWS", 7)
        monkeypatch.chdir(zoo.project_dir)  # dbt-duckdb finds a relative path from here
        url = f"sqlite://{tmp_path}/{driver}.db"
        result = zoo.sync(BASE, url=url)
        assert result.exit_code == 0, result.output
        stores.append(rows_in(url))
    differing = {key: (read(row), read(stores[1][key])) for key, row in stores[0].items() if stores[1].get(key) != row}
    assert differing == {}
    assert stores[0] == stores[1]
