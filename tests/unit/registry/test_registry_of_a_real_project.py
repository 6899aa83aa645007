"""Claims about the registry of a project that dbt itself parsed."""

from __future__ import annotations

import pytest

from featurectl.build import inspect, read_registry
from featurectl.manifest import Relation
from featurectl.registry import Column, Entity, Freshness, PinnedFeature


@pytest.fixture(scope="module")
def registry(shop_manifest):
    return read_registry(shop_manifest)


def view(registry, reference_name):
    return next(view for view in registry.views if view.reference_name == reference_name)


def test_it_says_which_manifest_it_comes_from(registry, shop_manifest):
    assert (registry.project, registry.adapter_type) == ("shop", "duckdb")
    assert registry.invocation_id == shop_manifest.metadata.invocation_id
    assert registry.generated_at.endswith("Z")


def test_each_version_of_a_model_is_a_view_and_one_is_the_latest(registry):
    assert [(v.reference_name, v.online_name, v.is_latest) for v in registry.views] == [
        ("customer_orders@v1", "customer_orders@1", False),
        ("customer_orders@v2", "customer_orders@2", True),
        ("stock_levels", "stock_levels@0", True),
    ]


def test_columns_without_another_role_are_the_features_in_contract_order(registry):
    orders = view(registry, "customer_orders@v2")
    assert orders.join_keys == (Column("customer_id", "bigint", "The customer."),)
    assert orders.event_timestamp.name == "ordered_at"
    assert orders.created_timestamp.name == "loaded_at"
    assert orders.tombstone.name == "is_deleted"
    assert orders.features == (
        Column("orders_count_7d", "bigint", "Orders in the seven days before."),
        Column("orders_amount_avg_7d", "decimal(10, 2)"),
    )
    assert [column.name for column in orders.columns][-1] == "n_raw_rows"


def test_durations_are_seconds(registry):
    orders = view(registry, "customer_orders@v2")
    assert orders.ttl_seconds == 604_800
    assert orders.lookback_seconds == 7_200
    assert orders.freshness == Freshness(21_600, 86_400)
    assert view(registry, "stock_levels").ttl_seconds is None
    assert view(registry, "stock_levels").freshness == Freshness(None, None)


def test_owner_relation_and_the_rest_come_from_dbts_own_places(registry):
    orders = view(registry, "customer_orders@v1")
    assert (orders.owner, orders.access, orders.tags, orders.materialized) == (
        "growth", "protected", ("feature",), "table",
    )  # fmt: skip
    assert orders.relation == Relation("shop", "main", "customer_orders_v1")
    assert orders.path == "models/customer_orders_v1.sql"
    assert orders.depends_on == ("model.shop.orders",)
    assert orders.defaults == {"orders_count_7d": 0}
    assert view(registry, "stock_levels").online is False


def test_entities_are_gathered_from_their_views(registry):
    assert registry.entities == (
        Entity("customer", (("customer_id",),), ("customer_orders@v1", "customer_orders@v2")),
        Entity("shelf", (("store", "product_id"),), ("stock_levels",)),
    )


def test_a_training_set_is_expanded_and_pinned_and_its_spine_is_the_parent_that_is_no_view(registry):
    (training,) = registry.training_sets
    assert training.features == (
        PinnedFeature("customer_orders", 2, "orders_count_7d", "orders_count_7d"),
        PinnedFeature("customer_orders", 2, "orders_amount_avg_7d", "orders_amount_avg_7d"),
        PinnedFeature("stock_levels", 0, "units_in_stock", "home_units_in_stock", {"store": "home_store"}),
    )
    assert training.spines == ("model.shop.churn_labels",)
    assert (training.event_timestamp, training.known_at_cutoff) == ("asked_at", True)


def test_a_service_has_its_training_sets_features_or_its_own_list(registry):
    churn, reorder = registry.services
    assert (churn.training_set, churn.owner) == ("churn_training", "Ada")
    assert churn.features == registry.training_sets[0].features
    assert (reorder.training_set, reorder.owner) == (None, "bob@example.com")
    assert [feature.reference for feature in reorder.features] == [
        "stock_levels:units_in_stock",
        "customer_orders@v1:orders_count_7d",
    ]


def test_a_moving_list_behind_a_service_is_warned_of(shop_manifest):
    _, findings = inspect(shop_manifest)
    assert [(finding.severity, finding.rule, finding.node) for finding in findings] == [
        ("warning", "moving-list", "churn_training"),
        ("warning", "unpinned", "churn_training"),
    ]
