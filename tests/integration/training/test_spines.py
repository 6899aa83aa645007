"""Whatever the rows to enrich are, the training set is the one dbt would build."""

from __future__ import annotations

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from mill import COLUMNS, SPINE
from pyarrow import parquet

from featurectl import Project
from featurectl.training.fingerprint import Fingerprint

LABELS = "select * from labels"


def test_the_training_set_of_the_flights_labels_is_the_built_model_row_for_row(flights_project):
    """The service's features on the labels: every row and every column of late_arrival_training, types too."""
    features = Project(flights_project.project_dir).get_historical_features(
        spine="late_arrival_labels", event_timestamp="scheduled_departure", features="late_arrival_model"
    )

    made = features.to_arrow()

    with duckdb.connect(str(flights_project.duckdb_path), read_only=True) as warehouse:
        warehouse.execute("set TimeZone = 'UTC'")
        built = warehouse.sql("select * from late_arrival_training")
        assert built.columns == made.column_names
        assert [str(kind) for kind in built.types] == [str(kind) for kind in warehouse.from_arrow(made).types]
        assert warehouse.sql("select count(*) from built").fetchone() == (made.num_rows,)
        assert made.num_rows > 300_000
        for one, other in (("built", "made"), ("made", "built")):
            assert warehouse.sql(f"select count(*) from (from {one} except all from {other})").fetchone() == (0,)


@pytest.fixture(scope="module")
def built(mill) -> pa.Table:
    """The model level_training as dbt built it."""
    with duckdb.connect(str(mill.duckdb_path), read_only=True) as warehouse:
        return warehouse.sql("select * from level_training").to_arrow_table()


@pytest.fixture(scope="module")
def labels(mill, tmp_path_factory) -> dict[str, object]:
    """The same rows in every form that a spine may have."""
    folder = tmp_path_factory.mktemp("labels")
    with duckdb.connect(str(mill.duckdb_path), read_only=True) as warehouse:
        table = warehouse.sql(LABELS).to_arrow_table()
        warehouse.execute(f"copy labels to '{folder}/labels.csv' (force_quote (remark))")
    parquet.write_table(table, folder / "labels.parquet")
    return {
        "model": "labels",
        "relation": "main.labels",
        "sql": LABELS + ";",
        "sql with a with": "with x as (select * from labels) select * from x -- all of them",
        "parquet": folder / "labels.parquet",
        "csv": str(folder / "labels.csv"),
        "arrow": table,
        "arrow reader": pa.RecordBatchReader.from_batches(table.schema, table.to_batches(2)),
        "pandas": table.to_pandas(types_mapper=pd.ArrowDtype),
        "polars": pl.from_arrow(table),
    }


def test_every_kind_of_spine_gives_the_table_that_dbt_built(mill, built, labels):
    """SQL, a model, a relation, files and tables in memory; the join is one text for all, so dbt renders it once."""
    first = None
    for kind, spine in labels.items():
        features = mill.project.get_historical_features(spine=spine, **SPINE)
        if first is None:
            first = features._rendered
        features.__dict__["_rendered"] = first
        assert rows(features.to_arrow()) == rows(built), kind
    assert "labels" not in first.join_sql


def test_sql_may_refer_to_models_as_in_dbt(mill, built):
    features = mill.project.get_historical_features(
        spine="{% set name = 'labels' %}select * from {{ ref(name) }}", **SPINE
    )
    assert '"mill"."main"."labels"' in features.sql
    assert rows(features.to_arrow()) == rows(built)


def test_the_sql_runs_as_it_is_and_rendering_it_leaves_the_project_as_it_was(mill, built):
    """For a spine of the warehouse it needs nothing of ours; the manifest keeps saying what dbt build did."""
    before = {path: path.read_bytes() for path in (mill.folder / "target").glob("*.json")}
    features = mill.project.get_historical_features(spine="labels", **SPINE)

    with duckdb.connect(str(mill.duckdb_path), read_only=True) as warehouse:
        assert rows(warehouse.sql(features.sql).to_arrow_table()) == rows(built)

    assert len(before) >= 2
    assert {path: path.read_bytes() for path in (mill.folder / "target").glob("*.json")} == before
    assert list(features.to_pandas().columns) == COLUMNS
    assert features.to_polars().columns == COLUMNS


def rows(table: pa.Table) -> tuple[int, str, list[str]]:
    """The content of a table, whatever the order of its rows."""
    found = Fingerprint()
    for batch in table.to_batches():
        found.add(batch)
    return found.rows, found.hash, table.column_names
