"""Claims about what a view says about time."""

from __future__ import annotations

import pytest

HOUR, DAY = {"count": 1, "period": "hour"}, {"count": 1, "period": "day"}
TTL = "warning: models/orders.yml: orders: config.meta.feature_view.ttl: "


@pytest.mark.parametrize(
    ("changes", "config", "where"),
    [
        ({"freshness": {"error_after": DAY}}, {}, "config.meta.feature_view.freshness.error_after"),
        ({"freshness": {"warn_after": DAY}}, {}, "config.meta.feature_view.freshness.warn_after"),
        ({}, {"freshness": {"build_after": DAY}}, "config.freshness.build_after"),
        ({}, {"incremental_strategy": "microbatch", "batch_size": "day"}, "config.batch_size"),
    ],
)
def test_a_ttl_below_the_update_interval_is_warned_of(declared, changes, config, where):
    node = declared.view(ttl={"count": 23, "period": "hour"}, **changes)
    node["config"].update(config)
    assert declared.told("ttl-below-interval") == [
        TTL
        + f"expected at least {{count: 1, period: day}}, the update interval by {where}, got {{count: 23, period: hour}}"
    ]
    node["config"]["meta"]["feature_view"]["ttl"] = DAY
    assert declared.told("ttl-below-interval") == []


def test_without_a_ttl_or_an_interval_there_is_nothing_to_compare(declared):
    declared.view(ttl=HOUR)
    declared.view("other", freshness={"error_after": DAY})
    assert declared.told("ttl-below-interval") == []


@pytest.mark.parametrize("freshness", [None, "daily", {"build_after": None}, {"build_after": {"count": "x"}}])
def test_a_build_cadence_that_dbt_would_refuse_is_left_to_dbt(declared, freshness):
    declared.view(ttl=HOUR)["config"]["freshness"] = freshness
    assert declared.told("ttl-below-interval") == []


def test_an_error_before_its_warning_is_the_wrong_way_round(declared):
    declared.view(freshness={"warn_after": DAY, "error_after": HOUR})
    assert declared.told("freshness-order") == [
        (
            "warning: models/orders.yml: orders: config.meta.feature_view.freshness.error_after: "
            "expected no less than warn_after, got {count: 1, period: hour} and {count: 1, period: day}"
        )
    ]


def test_limits_that_are_equal_are_in_order(declared):
    declared.view(freshness={"warn_after": DAY, "error_after": DAY})
    assert declared.told("freshness-order") == []


def test_a_lookback_is_for_incremental_models(declared):
    node = declared.view(sync={"lookback": HOUR})
    assert declared.told("sync-unused") == [
        (
            "warning: models/orders.yml: orders: config.meta.feature_view.sync.lookback: "
            "expected an incremental model, got materialized='table'"
        )
    ]
    node["config"]["materialized"] = "incremental"
    assert declared.told("sync-unused") == []


def test_batches_that_run_at_once_need_a_lookback_beside_their_load_time(declared):
    node = declared.view(sync={"loaded_at": "loaded_at"})
    node["config"].update(materialized="incremental", incremental_strategy="microbatch", batch_size="day")
    (told,) = declared.told("overlapping-loads")
    assert "sync.lookback: expected a duration beside loaded_at on a microbatch model, got none" in told
    node["config"]["meta"]["feature_view"]["sync"]["lookback"] = HOUR
    assert declared.told("overlapping-loads") == []
