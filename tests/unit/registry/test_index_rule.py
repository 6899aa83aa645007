"""Claims about the index that makes training sets fast on PostgreSQL."""

from __future__ import annotations

import pytest

KEYS = {"store": "varchar", "product_id": "bigint", "counted_at": "timestamp", "n": "bigint"}
LINE = (
    "warning: models/stock.yml: stock: config.indexes: "
    "expected an index on the join keys and then the event timestamp, got "
)


@pytest.fixture
def on_postgres(declared):
    """A composite-key view on PostgreSQL whose indexes and materialization are given."""

    def declare(indexes, materialized="table"):
        declared.adapter_type = "postgres"
        config = {"event_time": "counted_at", "materialized": materialized}
        if indexes is not None:
            config["indexes"] = indexes
        declared.view("stock", columns=KEYS, join_keys=["store", "product_id"], config=config)
        return declared

    return declare


@pytest.mark.parametrize("materialized", ["table", "incremental"])
def test_a_stored_view_without_an_index_is_told_the_yaml_to_write(on_postgres, materialized):
    declared = on_postgres(None, materialized)
    assert declared.findings() == [f"{LINE}None"]
    assert "`indexes: [{columns: [store, product_id, counted_at]}]` under `config`" in declared.hints()[0]


@pytest.mark.parametrize(
    "columns",
    [
        ["store", "counted_at"],
        ["store", "product_id"],
        ["counted_at", "store", "product_id"],
        ["store", "product_id", "n", "counted_at"],
        [],
        None,
    ],
)
def test_an_index_on_other_columns_is_none(on_postgres, columns):
    indexes = [{"columns": columns}]
    assert on_postgres(indexes).findings() == [f"{LINE}{indexes!r}"]


@pytest.mark.parametrize(
    "columns",
    [
        ["store", "product_id", "counted_at"],
        ["product_id", "store", "counted_at"],
        ["store", "product_id", "counted_at", "n"],
    ],
)
def test_the_keys_may_come_in_any_order_and_more_may_follow_the_time(on_postgres, columns):
    assert on_postgres([{"columns": ["n"]}, {"columns": columns, "unique": True}]).findings() == []


def test_a_view_of_no_rows_of_its_own_and_another_engine_need_none(on_postgres):
    assert on_postgres(None, "view").findings() == []
    declared = on_postgres(None)
    declared.adapter_type = "duckdb"
    assert declared.findings() == []
