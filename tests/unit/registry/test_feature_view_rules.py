"""Claims about `config.meta.feature_view`: every wrong declaration is one line that says where, what and how."""

from __future__ import annotations

import pytest

from featurectl.build import read_registry
from featurectl.errors import MetadataError

ABSENT = "(absent)"  # as the fixture `declared` reads it
HERE = "error: models/orders.yml: orders: "
BLOCK = HERE + "config.meta.feature_view."


def test_a_well_declared_view_has_no_finding(declared):
    declared.view(
        created_timestamp="loaded_at", tombstone="is_deleted", ttl={"count": 2, "period": "week"}, online=True,
        exclude=["n_raw_rows"], defaults={"orders_count_7d": 0}, sync={"lookback": {"count": 1, "period": "minute"}},
        freshness={"warn_after": {"count": 1, "period": "second"}},
    )  # fmt: skip
    (view,) = declared.registry().views
    assert view.ttl_seconds == 1_209_600
    assert [column.name for column in view.features] == ["orders_count_7d"]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"entity": ABSENT}, "entity: expected the entity's name, got none"),
        ({"entity": None}, "entity: expected the entity's name, got none"),
        ({"entity": ""}, "entity: expected a non-empty string, got ''"),
        ({"entity": 7}, "entity: expected a non-empty string, got 7"),
        ({"join_keys": ABSENT}, "join_keys: expected at least one column, got none"),
        ({"join_keys": None}, "join_keys: expected a list of column names, got none"),
        ({"join_keys": []}, "join_keys: expected at least one column, got none"),
        ({"join_keys": "customer_id"}, "join_keys: expected a list of column names, got 'customer_id'"),
        ({"join_keys": ["customer"]}, "join_keys: expected a column of the contract, got 'customer'"),
        (
            {"join_keys": ["customer_id", "customer_id"]},
            "join_keys: expected each name once, got ['customer_id', 'customer_id']",
        ),
        ({"join_keys": ["ordered_at"]}, "join_keys: expected columns that have no other role, got 'ordered_at'"),
        ({"created_timestamp": "loaded"}, "created_timestamp: expected a column of the contract, got 'loaded'"),
        (
            {"created_timestamp": "n_raw_rows"},
            "created_timestamp: expected a timestamp column, got 'n_raw_rows bigint'",
        ),
        (
            {"created_timestamp": "ordered_at"},
            "created_timestamp: expected another column than config.event_time, got 'ordered_at'",
        ),
        ({"exclude": ["customer_id"]}, "exclude: expected columns that have no other role, got 'customer_id'"),
        ({"exclude": ["ordered_at"]}, "exclude: expected columns that have no other role, got 'ordered_at'"),
        ({"tombstone": "n_raw_rows"}, "tombstone: expected a boolean column, got 'n_raw_rows bigint'"),
        ({"online": "yes"}, "online: expected true or false, got 'yes'"),
        ({"exclude": ["raw"]}, "exclude: expected a column of the contract, got 'raw'"),
        ({"ttl": "7 days"}, "ttl: expected a mapping, got '7 days'"),
        ({"ttl": {"count": 0, "period": "day"}}, "ttl.count: expected a positive integer, got 0"),
        ({"ttl": {"count": True, "period": "day"}}, "ttl.count: expected a positive integer, got True"),
        ({"ttl": {"count": 1.5, "period": "day"}}, "ttl.count: expected a positive integer, got 1.5"),
        ({"ttl": {"period": "day"}}, "ttl.count: expected a positive integer, got none"),
        (
            {"ttl": {"count": 1, "period": "days"}},
            "ttl.period: expected one of second, minute, hour, day, week, got 'days'",
        ),
        ({"ttl": {"count": 1, "period": "day", "x": 1}}, "ttl.x: expected one of count, period, got 'x'"),
        ({"freshness": {"warn": 1}}, "freshness.warn: expected one of error_after, warn_after, got 'warn'"),
        ({"sync": {"lookback": 3}}, "sync.lookback: expected a mapping, got 3"),
        ({"sync": {"loaded_at": "loaded"}}, "sync.loaded_at: expected a column of the contract, got 'loaded'"),
        (
            {"sync": {"loaded_at": "n_raw_rows"}},
            "sync.loaded_at: expected a timestamp column, got 'n_raw_rows bigint'",
        ),
        (
            {"sync": {"loaded_at": "ordered_at"}},
            "sync.loaded_at: expected a column without a role, or the created timestamp, got 'ordered_at'",
        ),
        (
            {"exclude": ["loaded_at"], "sync": {"loaded_at": "loaded_at"}},
            "exclude: expected columns that have no other role, got 'loaded_at'",
        ),
        ({"defaults": [0]}, "defaults: expected a mapping, got [0]"),
        ({"defaults": {"orders": 0}}, "defaults.orders: expected a feature of the view, got 'orders'"),
        ({"defaults": {"customer_id": 0}}, "defaults.customer_id: expected a feature of the view, got 'customer_id'"),
        ({"defaults": {"orders_count_7d": "0"}}, "defaults.orders_count_7d: expected a bigint, got '0'"),
    ],
)
def test_a_wrong_value_is_named_with_its_key(declared, changes, line):
    declared.view(**changes)
    assert declared.findings() == [BLOCK + line]


def test_an_unknown_key_comes_with_the_nearest_known_one(declared):
    declared.view(created_timestmp="loaded_at")
    assert declared.findings() == [
        BLOCK + "created_timestmp: expected one of created_timestamp, defaults, entity, exclude, freshness, "
        "join_keys, online, sync, tombstone, ttl, got 'created_timestmp'"
    ]
    assert declared.hints() == ["Did you mean 'created_timestamp'?"]


@pytest.mark.parametrize(
    ("config", "line"),
    [
        ({"event_time": None}, "config.event_time: expected the event timestamp column, got none"),
        ({"event_time": "orderd_at"}, "config.event_time: expected a column of the contract, got 'orderd_at'"),
        ({"event_time": "is_deleted"}, "config.event_time: expected a timestamp column, got 'is_deleted boolean'"),
        ({"contract": {"enforced": False}}, "config.contract.enforced: expected true, got false"),
        ({"contract": None}, "config.contract.enforced: expected true, got false"),
        ({"meta": {"feature_view": ["x"]}}, "config.meta.feature_view: expected a mapping, got ['x']"),
    ],
)
def test_what_dbt_itself_holds_is_checked_too(declared, config, line):
    declared.view(config=config)
    assert declared.findings() == [HERE + line]


def test_a_model_without_a_contract_is_told_the_command_that_prints_one(declared):
    declared.view("orders", config={"contract": None})
    assert "`featurectl init --model orders`" in declared.hints()[0]


def test_every_problem_of_every_view_is_said_in_one_run(declared):
    declared.view("a", entity=None, ttl=3)
    declared.view("b", join_keys=["x"], config={"event_time": None})
    assert len(declared.findings()) == 4
    with pytest.raises(MetadataError) as caught:
        read_registry(declared.manifest())
    assert caught.value.exit_code == 4
    assert str(caught.value) == (
        "4 problems in the project's feature metadata:\n"
        "  models/a.yml: a: config.meta.feature_view.entity: expected the entity's name, got none\n"
        "  models/a.yml: a: config.meta.feature_view.ttl: expected a mapping, got 3\n"
        "    Write it as dbt does: {count: 7, period: day}.\n"
        "  models/b.yml: b: config.meta.feature_view.join_keys: expected a column of the contract, got 'x'\n"
        "    There is: customer_id, is_deleted, loaded_at, n_raw_rows, ordered_at, orders_count_7d.\n"
        "  models/b.yml: b: config.event_time: expected the event timestamp column, got none\n"
        "    Add `event_time: <column>` under `config`; attributes that never change carry a constant one."
    )


def test_a_date_event_time_is_a_warning_and_the_view_stands(declared):
    declared.view(columns={"customer_id": "bigint", "ordered_at": "date", "n": "bigint"})
    assert declared.findings() == [
        "warning: models/orders.yml: orders: config.event_time: expected a timestamp column, got 'ordered_at date'"
    ]
    assert len(read_registry(declared.manifest()).views) == 1


def test_a_date_created_timestamp_is_a_warning_too(declared):
    """It is known from the start of its day on, which is before it was."""
    columns = {"customer_id": "bigint", "ordered_at": "timestamp", "loaded_on": "date", "n": "bigint"}
    declared.view(columns=columns, created_timestamp="loaded_on")
    assert declared.findings() == [
        (
            "warning: models/orders.yml: orders: config.meta.feature_view.created_timestamp: "
            "expected a timestamp column, got 'loaded_on date'"
        )
    ]
    assert "known before it was" in declared.hints()[0]
    assert len(read_registry(declared.manifest()).views) == 1


def test_a_view_without_features_is_refused(declared):
    declared.view(columns={"customer_id": "bigint", "ordered_at": "timestamp"})
    assert declared.findings() == [HERE + "config.meta.feature_view: expected at least one feature column, got none"]


def test_a_column_without_a_type_is_refused(declared):
    declared.view(columns={"customer_id": "bigint", "ordered_at": "timestamp", "n": None})
    assert declared.findings() == [HERE + "columns.n.data_type: expected a type of the warehouse, got none"]


@pytest.mark.parametrize(
    ("fields", "got", "wrap"),
    [
        ({"config": {"materialized": "ephemeral"}}, "materialized='ephemeral'", "ref('orders')"),
        ({"config": {"materialized": "materialized_view"}}, "materialized='materialized_view'", "ref('orders')"),
        ({"language": "python"}, "a python model", "ref('orders')"),
        ({"resource_type": "seed"}, "a seed", "ref('orders')"),
        ({"resource_type": "snapshot"}, "a snapshot", "ref('orders')"),
        ({"resource_type": "source", "unique_id": "source.shop.raw.orders"}, "a source", "source('raw', 'orders')"),
    ],
)
def test_what_has_no_enforced_contract_is_to_be_wrapped_in_one_select(declared, fields, got, wrap):
    node = declared.view()
    node["config"].update(fields.pop("config", {}))
    node.update(fields)
    assert declared.findings() == [
        HERE + f"config.meta.feature_view: expected an SQL model materialized as table, view, incremental, got {got}"
    ]
    assert declared.hints() == [
        f"Wrap it in a model of one line and move the block there: select * from {{{{ {wrap} }}}}"
    ]


def test_the_block_above_config_is_to_be_moved(declared):
    node = declared.view()
    node["meta"] = node["config"].pop("meta")
    assert declared.findings() == [HERE + "meta.feature_view: expected the block under config.meta, got it above"]


@pytest.mark.parametrize("version", ["beta", 0, -1, 1.5])
def test_a_version_is_a_positive_integer(declared, version):
    declared.view().update(version=version, latest_version=version)
    (finding,) = declared.findings()
    assert finding.endswith(f"orders@v{version}: version: expected a positive integer, got {version!r}")


@pytest.mark.parametrize("data_type", ["double", "blob", "bigint[]", "struct(a int)", "json", "decimal"])
def test_a_key_of_a_type_with_several_texts_for_one_value_is_refused_online(declared, data_type):
    columns = {"customer_id": data_type, "ordered_at": "timestamp", "n": "bigint"}
    declared.view(columns=columns)
    (line,) = declared.findings()
    assert line.startswith(HERE + "columns.customer_id.data_type: expected a")
    declared.view(columns=columns, online=False)
    assert declared.findings() == []


def test_a_feature_that_cannot_be_served_is_refused_unless_excluded_or_offline(declared):
    columns = {"customer_id": "bigint", "ordered_at": "timestamp", "n": "bigint", "gap": "interval"}
    declared.view(columns=columns)
    assert declared.findings() == [
        HERE + "columns.gap.data_type: expected a type that can be served (see docs/types.md), got 'interval'"
    ]
    declared.view(columns=columns, exclude=["gap"])
    assert declared.findings() == []
    declared.view(columns=columns, online=False)
    assert declared.findings() == []


def test_the_key_of_an_entity_has_one_type_in_all_its_views(declared):
    declared.view("a")
    declared.view("b", columns={"customer_id": "varchar", "ordered_at": "timestamp", "n": "bigint"})
    assert declared.findings() == [
        (
            "error: models/b.yml: b: columns.customer_id.data_type: "
            "expected 'bigint' as in a (entity 'customer'), got 'varchar'"
        )
    ]


def test_integers_of_several_widths_are_one_key_type(declared):
    declared.view("a")
    declared.view("b", columns={"customer_id": "integer", "ordered_at": "timestamp", "n": "bigint"})
    assert declared.findings() == []


def test_two_packages_cannot_have_a_view_of_one_name(declared):
    other = declared.view()
    other.update(unique_id="model.other.orders", package_name="other")
    declared.nodes["model.other.orders"] = other
    declared.view()
    assert declared.findings() == [
        HERE + "name: expected a name that no other feature view has, got 'orders' of model.other.orders"
    ]


def test_a_single_key_under_another_name_has_the_entitys_type_too(declared):
    declared.view("a")
    columns = {"buyer": "varchar", "ordered_at": "timestamp", "n": "bigint"}
    declared.view("b", columns=columns, join_keys=["buyer"])
    assert declared.findings() == [
        "error: models/b.yml: b: columns.buyer.data_type: expected 'bigint' as in a (entity 'customer'), got 'varchar'"
    ]


def test_composite_keys_are_compared_by_name_whatever_their_order(declared):
    columns = {"store": "varchar", "product_id": "bigint", "ordered_at": "timestamp", "n": "bigint"}
    declared.view("a", columns=columns, join_keys=["store", "product_id"])
    declared.view("b", columns=columns, join_keys=["product_id", "store"])
    assert declared.findings() == []
