"""Claims about blocks that nobody reads."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("key", ["feature_veiw", "feature_views", "featureview", "feature-view"])
def test_a_key_that_is_nearly_ours_is_warned_of(declared, key):
    declared.model("orders", config={"meta": {key: {}}})
    assert declared.told("misspelt-block") == [
        (
            f"warning: models/orders.yml: orders: config.meta.{key}: "
            f"expected 'feature_view', or a key that is not nearly it, got {key!r}"
        )
    ]


@pytest.mark.parametrize("key", ["feature", "feature_store", "features", "owner", "training", "view"])
def test_other_keys_are_none_of_our_business(declared, key):
    declared.model("orders", config={"meta": {key: {}}})
    declared.service({}, config={"meta": {key: {}}})
    assert declared.checked() == []


def test_a_block_on_a_node_of_another_kind_is_an_error(declared):
    declared.model("orders", config={"meta": {"feature_service": {}}})
    declared.service({}, config={"meta": {"feature_view": {}}})
    assert declared.told("stray-block") == [
        (
            "error: models/orders.yml: orders: config.meta.feature_service: "
            "expected the block on an exposure, got it on model.shop.orders"
        ),
        (
            "error: models/services.yml: service: config.meta.feature_view: "
            "expected the block on a model, got it on exposure.shop.service"
        ),
    ]
