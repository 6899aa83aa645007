"""Claims about the tests that guard a view's keys: not null, and unique with the timestamps."""

from __future__ import annotations

import pytest

HERE = "warning: models/orders.yml: orders: "
NOT_NULL = HERE + "columns.customer_id.data_tests: expected not_null on a join key, got none"
UNIQUE = HERE + "data_tests: expected a test that (customer_id, ordered_at) is unique, got none"


def test_a_view_without_tests_is_warned_of_for_each_key_and_once_for_all(declared):
    declared.view(join_keys=["customer_id", "n_raw_rows"])
    assert declared.told("key-not-null") == [NOT_NULL, NOT_NULL.replace("customer_id", "n_raw_rows")]
    assert declared.told("key-unique") == [UNIQUE.replace("(customer_id", "(customer_id, n_raw_rows")]


def test_an_error_elsewhere_in_the_view_hides_nothing(declared):
    declared.view(ttl="1 day")
    assert [finding.rule for finding in declared.checked()] == ["wrong-type", "key-not-null", "key-unique"]
    declared.view(join_keys=7)
    assert [finding.rule for finding in declared.checked()] == ["wrong-type"]


@pytest.mark.parametrize("column", ["customer_id", '"customer_id"', "CUSTOMER_ID"])
def test_dbts_not_null_on_the_key_is_enough_however_it_is_quoted(declared, column):
    declared.view()
    declared.data_test("not_null", column_name=column)
    assert declared.told("key-not-null") == []


@pytest.mark.parametrize(("name", "column"), [("not_null", "loaded_at"), ("unique", "customer_id")])
def test_another_test_or_column_is_not(declared, name, column):
    declared.view()
    declared.data_test(name, column_name=column)
    assert declared.told("key-not-null") == [NOT_NULL]


def test_a_test_of_another_model_guards_nothing(declared):
    declared.view()
    declared.model("customers")
    declared.data_test("not_null", of="customers", column_name="customer_id")
    declared.data_test("unique_feature_rows", of="customers")
    assert declared.told("key-not-null") == [NOT_NULL]
    assert declared.told("key-unique") == [UNIQUE]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("unique_feature_rows", {}),
        ("unique", {"column_name": "customer_id"}),
        ("unique_combination_of_columns", {"combination_of_columns": ["customer_id", "ordered_at"]}),
        ("unique_combination_of_columns", {"combination_of_columns": ["ordered_at", "customer_id", "loaded_at"]}),
        ("expect_compound_columns_to_be_unique", {"column_list": ["customer_id", "ordered_at"]}),
    ],
)
def test_a_test_that_the_key_and_the_times_are_unique_or_fewer_columns_is_enough(declared, name, arguments):
    declared.view(created_timestamp="loaded_at")
    declared.data_test(name, **arguments)
    assert declared.told("key-unique") == []


@pytest.mark.parametrize("columns", [["customer_id", "ordered_at", "n_raw_rows"], [], "customer_id"])
def test_a_test_of_more_columns_allows_ties(declared, columns):
    declared.view()
    declared.data_test("unique_combination_of_columns", combination_of_columns=columns)
    assert declared.told("key-unique") == [UNIQUE]


def test_a_constraint_that_the_engine_enforces_counts_like_a_test(declared):
    node = declared.view()
    node["constraints"] = [{"type": "primary_key", "columns": ["customer_id", "ordered_at"]}]
    assert declared.told("key-not-null") == []
    assert declared.told("key-unique") == []
    declared.adapter_type = "snowflake"
    assert declared.told("key-unique") == [UNIQUE]
    node["config"]["materialized"] = "view"
    assert declared.told("key-not-null") == [NOT_NULL]


def test_a_constraint_of_a_column_counts_too(declared):
    node = declared.view()
    node["columns"]["customer_id"]["constraints"] = [{"type": "not_null"}, {"type": "unique"}]
    assert declared.told("key-not-null") == []
    assert declared.told("key-unique") == []
