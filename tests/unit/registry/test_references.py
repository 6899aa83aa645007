"""Claims about feature references asked for by people: parsed, resolved, or refused with the nearest name."""

from __future__ import annotations

import pytest

from featurectl.build import read_registry
from featurectl.errors import ReferenceSyntaxError, UnknownNameError
from featurectl.references import Item, find_view, parse_reference, resolve_references


@pytest.fixture(scope="module")
def views(shop_manifest):
    return read_registry(shop_manifest).views


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("orders:count_7d", Item("orders", None, ("count_7d",))),
        ("orders:*", Item("orders", None, None)),
        ("orders@v12:count_7d", Item("orders", 12, ("count_7d",))),
    ],
)
def test_a_reference_names_a_view_maybe_its_version_and_a_feature(text, item):
    assert parse_reference(text) == item


@pytest.mark.parametrize(
    "text", ["", ":", "a", "a:", ":b", "a:b:c", "a@v0:b", "a@v:b", "a@v01:b", "a b:c", "a: b", "a@:b"]
)
def test_anything_else_is_no_reference(text):
    with pytest.raises(ReferenceSyntaxError) as caught:
        parse_reference(text)
    assert caught.value.exit_code == 5
    assert "`view:feature`" in caught.value.hint


def test_references_are_expanded_in_order_and_pinned_to_the_latest_version(views):
    features = resolve_references(["stock_levels:*", "customer_orders:*", "customer_orders@v1:orders_count_7d"], views)
    assert [feature.reference for feature in features] == [
        "stock_levels:units_in_stock",
        "customer_orders@v2:orders_count_7d",
        "customer_orders@v2:orders_amount_avg_7d",
        "customer_orders@v1:orders_count_7d",
    ]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("stock_level:*", "expected the name of a feature view, got 'stock_level'", "Did you mean 'stock_levels'?"),
        (
            "customer_orders@v3:*",
            "expected the name of a version of a feature view, got 'customer_orders@v3'",
            "Did you mean 'customer_orders@v2' or 'customer_orders@v1'?",
        ),
        (
            "stock_levels:units",
            "expected the name of a feature of stock_levels, got 'units'",
            "There is: units_in_stock.",
        ),
    ],
)
def test_an_unknown_name_comes_with_those_there_are(views, text, message, hint):
    with pytest.raises(UnknownNameError) as caught:
        resolve_references([text], views)
    assert (str(caught.value), caught.value.hint, caught.value.exit_code) == (message, hint, 5)


@pytest.mark.parametrize("there", [True, False])
def test_a_name_that_is_near_no_view_comes_with_what_makes_a_model_one(views, there):
    """A block under a misspelt key leaves a model that is no view."""
    with pytest.raises(UnknownNameError) as caught:
        find_view(views if there else [], "payments")
    assert caught.value.hint == (
        ("There is: customer_orders, stock_levels." if there else "There is none in this project.")
        + " A model is one by `config.meta.feature_view` in its YAML: is the block there, and spelt so?"
    )
