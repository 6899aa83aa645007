"""Claims about built training sets: a clash with a spine that has no contract is seen in dbt's catalog."""

from __future__ import annotations

import json

import duckdb
import pytest

from featurectl.artifacts.catalog import read_catalog
from featurectl.build import inspect
from featurectl.errors import ProjectError
from featurectl.rules.built_table import check_built_tables

HERE = "models/training.yml: training: built table: "


@pytest.fixture
def built(declared, tmp_path):
    """Findings about a training set of two features whose table is what DuckDB makes of a spine and these columns."""
    declared.view()
    declared.model("labels")
    declared.training_set(
        ["orders:orders_count_7d", "orders:n_raw_rows"], parents=("model.shop.orders", "model.shop.labels")
    )
    path = tmp_path / "catalog.json"

    def find(spine, joined=("orders_count_7d", "n_raw_rows")):
        selected = ", ".join(f'0 as "{name}"' for name in joined)
        with duckdb.connect() as connection:
            connection.execute(f"create table training as select spine.*, {selected} from ({spine}) as spine")
            names = [row[0] for row in connection.execute("describe training").fetchall()]
        columns = {name: {"type": "INTEGER", "index": at, "name": name} for at, name in enumerate(names, 1)}
        reversed_ = dict(reversed(columns.items()))  # the order is said by the index alone
        path.write_text(
            json.dumps({"nodes": {"model.shop.training": {"columns": reversed_, "stats": {}}}, "errors": None})
        )
        manifest = declared.manifest()
        registry, _ = inspect(manifest)
        return check_built_tables(manifest, registry, read_catalog(path))

    return find


@pytest.mark.parametrize("name", ["n_raw_rows", "N_RAW_ROWS"])
def test_a_feature_that_duckdb_renamed_is_an_error_that_names_it_and_the_spine(built, name):
    (found,) = built(f"select 1 as customer_id, 2 as {name}")
    assert (found.severity, str(found)) == (
        "error",
        HERE + "expected output columns that the spine labels does not have, "
        "got 'n_raw_rows' of orders:n_raw_rows, built as 'n_raw_rows_1'",
    )
    assert "prefix: orders__" in found.hint


def test_every_clash_is_named_also_where_the_first_new_name_was_taken(built):
    found = built("select 1 as n_raw_rows, 2 as orders_count_7d, 3 as orders_count_7d_1")
    assert [str(each).partition("got ")[2].split()[0] for each in found] == ["'orders_count_7d'", "'n_raw_rows'"]


def test_features_at_the_end_are_well_whatever_the_spine_is_called(built):
    assert built("select 1 as customer_id, 2 as n_raw_rows_1") == []
    assert built("select 1 as customer_id", joined=("ORDERS_COUNT_7D", "n_raw_rows")) == []


@pytest.mark.parametrize("joined", [("orders_count_7d",), ("n_raw_rows", "orders_count_7d"), ("a", "b")])
def test_a_table_that_is_another_than_declared_is_a_warning(built, joined):
    """It may be older than the manifest."""
    (found,) = built("select 1 as customer_id", joined=joined)
    assert (found.severity, found.message.partition(", got ")[0]) == (
        "warning",
        "built table: expected its last columns to be the 2 features in order",
    )


def test_without_a_catalog_nothing_is_said(tmp_path):
    assert read_catalog(tmp_path / "catalog.json") == {}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"nodes": 1}', "{}"])
def test_a_file_that_is_no_catalog_is_refused_with_a_hint(tmp_path, text):
    path = tmp_path / "catalog.json"
    path.write_text(text)
    with pytest.raises(ProjectError, match="expected dbt's catalog") as refused:
        read_catalog(path)
    assert "dbt docs generate" in refused.value.hint
