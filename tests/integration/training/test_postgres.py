"""PostgreSQL makes the same training sets as DuckDB: loaded by COPY, streamed from a cursor of the server."""

from __future__ import annotations

import duckdb
import pandas as pd
import psycopg
import pytest
from mill import COLUMNS, SPINE
from test_spines import rows

from featurectl.training import postgres


@pytest.fixture(scope="module")
def expected(mill):
    """What dbt built on DuckDB."""
    with duckdb.connect(str(mill.duckdb_path), read_only=True) as warehouse:
        return rows(warehouse.sql("select * from level_training").to_arrow_table())


def test_every_kind_of_spine_gives_the_table_that_duckdb_built(mill, postgres_mill, expected, tmp_path, monkeypatch):
    """SQL, a model, a relation, files and tables in memory; read in batches of four rows."""
    monkeypatch.setattr(postgres, "BATCH_ROWS", 4)
    with duckdb.connect(str(mill.duckdb_path), read_only=True) as warehouse:
        table = warehouse.sql("select * from labels").to_arrow_table()
        warehouse.execute(f"copy labels to '{tmp_path}/labels.csv' (force_quote (remark))")
        warehouse.execute(f"copy labels to '{tmp_path}/labels.parquet'")
    spines = {
        "model": "labels",
        "relation": "mill.labels",
        "sql": "select * from mill.labels where true;",
        "parquet": tmp_path / "labels.parquet",
        "csv": tmp_path / "labels.csv",
        "arrow": table,
        "pandas": table.to_pandas(types_mapper=pd.ArrowDtype),
    }
    first = None
    for kind, spine in spines.items():
        features = postgres_mill.project.get_historical_features(spine=spine, **SPINE)
        first = first or features._rendered
        features.__dict__["_rendered"] = first  # the join is one text for all
        assert rows(features.to_arrow()) == expected, kind
    assert features.to_arrow().column_names == COLUMNS


def test_it_can_be_rebuilt_and_a_changed_row_is_found(postgres_mill, tmp_path, postgres_uri):
    path = tmp_path / "train.parquet"
    made = postgres_mill.cli(
        "--spine", "labels", "--event-timestamp", "seen_at", "--features", "readings:*", "--out", path, "-t", "server"
    )
    assert made.exit_code == 0, made.output
    with psycopg.connect(postgres_uri) as connection:
        connection.execute("update mill.labels set weight = 7 where label_id = 1")
    done = postgres_mill.cli("--check", path, "-t", "server")
    assert done.exit_code == 1
    assert [line.split(":")[0].strip() for line in done.stdout.splitlines()[1:]] == ["spine", "rows"]


def test_a_server_that_is_not_there_is_one_error(postgres_mill, monkeypatch, tmp_path):
    monkeypatch.setenv("MILL_PG_HOST", str(tmp_path))
    done = postgres_mill.cli(
        "--spine",
        "labels",
        "--event-timestamp",
        "seen_at",
        "--features",
        "readings:*",
        "--out",
        "a.csv",
        "-t",
        "server",
    )
    assert done.exit_code == 6
    assert "expected a PostgreSQL server that lets us in" in done.stderr
