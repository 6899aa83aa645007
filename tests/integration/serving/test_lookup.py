"""Answers: values, statuses, names and order, the same on every store."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from servers import wait_for
from shop import AIRPORT, HOUR_US, NAMESPACE, NOON, NOON_US, ORDERS, ROUTE, view

from serving import FeatureStore

ALL_ORDERS = ["orders:orders_7d", "orders:spend_7d", "orders:last_city"]


def test_an_answer_is_columnar_in_request_order(shop, client):
    """Join keys first, then features as asked; surplus columns are ignored; every dict has the same shape."""
    shop.put(ORDERS, [1], [2**53 + 1, Decimal("12.30"), "Zürich"])
    shop.put(ORDERS, [2], [3, Decimal("1.00"), None], event_us=NOON_US - 5)
    answer = client.get_online_features(
        ["orders:last_city", "orders:spend_7d", "orders:orders_7d"],
        [{"customer_id": 2, "label": 1}, {"customer_id": 1, "label": 0}],
    )
    assert list(answer.to_dict().items()) == [
        ("customer_id", [2, 1]),
        ("last_city", [None, "Zürich"]),
        ("spend_7d", [Decimal("1.00"), Decimal("12.30")]),
        ("orders_7d", [3, 2**53 + 1]),
    ]
    assert answer.statuses == {
        "customer_id": ["PRESENT", "PRESENT"],
        "last_city": ["NULL_VALUE", "PRESENT"],
        "spend_7d": ["PRESENT", "PRESENT"],
        "orders_7d": ["PRESENT", "PRESENT"],
    }
    then = [NOON - timedelta(microseconds=5), NOON]
    assert answer.event_timestamps == {
        "customer_id": [None, None],
        "last_city": then,
        "spend_7d": then,
        "orders_7d": then,
    }
    assert answer.to_rows()[1] == {
        "customer_id": 1,
        "last_city": "Zürich",
        "spend_7d": Decimal("12.30"),
        "orders_7d": 2**53 + 1,
    }


@pytest.mark.parametrize(
    ("age_us", "status"),
    [(0, "PRESENT"), (HOUR_US, "PRESENT"), (HOUR_US + 1, "OUTSIDE_MAX_AGE"), (-HOUR_US, "PRESENT")],
)
def test_a_row_is_valid_up_to_its_ttl_and_at_it(shop, client, age_us, status):
    """The bound is inclusive to the microsecond; past it the value is gone, and the default stands in as in training."""
    shop.put(ORDERS, [1], [5, None, "Bern"], event_us=NOON_US - age_us)
    answer = client.get_online_features(["orders:orders_7d", "orders:last_city"], [{"customer_id": 1}])
    assert answer.statuses["orders_7d"] == [status]
    assert answer.to_dict()["orders_7d"] == [5 if status == "PRESENT" else 0]
    assert answer.to_dict()["last_city"] == ["Bern" if status == "PRESENT" else None]
    assert answer.event_timestamps["orders_7d"] == [NOON - timedelta(microseconds=age_us)]


def test_ttl_is_measured_from_now_by_default(shop):
    """A row of June is long past its hour, unless the instant is June."""
    shop.put(ORDERS, [1], [5, None, None], event_us=NOON_US)
    with FeatureStore.from_url(shop.url, namespace=NAMESPACE) as store:
        answer = store.get_online_features(ALL_ORDERS, [{"customer_id": 1}])
    assert answer.statuses["orders_7d"] == ["OUTSIDE_MAX_AGE"]


def test_no_row_a_tombstone_and_a_null_key_are_not_found_with_defaults(shop, client):
    shop.put(ORDERS, [2], None)
    answer = client.get_online_features(ALL_ORDERS, {"customer_id": [1, 2, None]})
    assert answer.to_dict() == {
        "customer_id": [1, 2, None],
        "orders_7d": [0, 0, 0],
        "spend_7d": [Decimal("0.00")] * 3,
        "last_city": [None] * 3,
    }
    assert answer.statuses["spend_7d"] == ["NOT_FOUND"] * 3
    assert answer.statuses["customer_id"] == ["PRESENT"] * 3
    assert answer.event_timestamps["spend_7d"] == [None] * 3


def test_an_expired_row_is_absent(shop, client):
    shop.put(AIRPORT, ["EWR"], [1.0], ttl_ms=1)
    shop.put(AIRPORT, ["JFK"], [2.0], ttl_ms=60_000)

    def statuses():
        return client.get_online_features(["airport:delay"], {"airport": ["EWR", "JFK"]}).statuses["delay"]

    wait_for(lambda: statuses() == ["NOT_FOUND", "PRESENT"], "the row is still there")


def test_a_service_may_use_one_view_twice(shop, client):
    """Each use has its own join key columns and names; the composite key keeps its order."""
    shop.put(AIRPORT, ["EWR"], [1.5])
    shop.put(AIRPORT, ["IAH"], [2.5])
    shop.put(ROUTE, ["EWR", "IAH"], [7])
    answer = client.get_online_features(
        "late_model", [{"origin": "EWR", "dest": "IAH"}, {"origin": "IAH", "dest": "EWR"}]
    )
    assert list(answer.to_dict().items()) == [
        ("origin", ["EWR", "IAH"]),
        ("dest", ["IAH", "EWR"]),
        ("origin_delay", [1.5, 2.5]),
        ("dest_delay", [2.5, 1.5]),
        ("flights", [7, None]),
    ]
    full = client.get_online_features("late_model", [{"origin": "EWR", "dest": "IAH"}], full_feature_names=True)
    assert list(full.to_dict()) == ["origin", "dest", "airport__origin_delay", "airport__dest_delay", "route__flights"]


def test_an_odd_key_is_found_as_written(shop, client):
    for key in ["", "%", "a|b", "{x}", "ü\n", "a:b 'c' \"d\""]:
        shop.put(AIRPORT, [key], [float(len(key))])
        answer = client.get_online_features(["airport:delay"], [{"airport": key}])
        assert answer.to_dict()["delay"] == [float(len(key))]


def test_stale_values_are_answered_where_asked_for(shop, client):
    """With the status that says so; what is fresh, absent or null stays as it is."""
    shop.put(ORDERS, [1], [5, None, "Bern"], event_us=NOON_US - HOUR_US - 1)
    shop.put(ORDERS, [2], [6, None, "Rom"])
    shop.put(ORDERS, [3], None, event_us=NOON_US - HOUR_US - 1)
    answer = client.get_online_features(ALL_ORDERS, {"customer_id": [1, 2, 3, 4]}, include_stale=True)
    assert answer.to_dict()["orders_7d"] == [5, 6, 0, 0]
    assert answer.to_dict()["spend_7d"] == [None, None, Decimal("0.00"), Decimal("0.00")]
    assert answer.statuses["orders_7d"] == ["OUTSIDE_MAX_AGE", "PRESENT", "NOT_FOUND", "NOT_FOUND"]


def test_a_default_list_is_the_answers_own(shop, client):
    """Changing what one look-up gave changes no other."""
    tags = view("tags", [("k", "bigint")], [("tag", "varchar[]")], defaults={"tag": ["none"]})
    shop.writer.publish_catalog([tags])
    for _ in range(2):
        values = client.get_online_features(["tags:tag"], {"k": [1, 2]}).to_dict()["tag"]
        assert values == [["none"], ["none"]]
        values[0].append("mine")


def test_many_rows_are_one_lookup(shop, client):
    """Hundreds of keys, repeated ones among them, come back in their order."""
    for key in range(40):
        shop.put(ORDERS, [key], [key, None, None])
    asked = [key % 80 for key in range(1000)]
    answer = client.get_online_features(["orders:orders_7d"], {"customer_id": asked})
    assert answer.to_dict()["orders_7d"] == [key if key < 40 else 0 for key in asked]


def test_a_client_that_was_closed_opens_again(shop, client):
    shop.put(AIRPORT, ["EWR"], [1.5])
    for _ in range(3):
        assert client.get_online_features(["airport:delay"], [{"airport": "EWR"}]).to_dict()["delay"] == [1.5]
        client.close()


def test_the_environment_names_store_and_namespace(shop, monkeypatch):
    monkeypatch.setenv("FEATURECTL_ONLINE_STORE", shop.url)
    monkeypatch.setenv("FEATURECTL_NAMESPACE", NAMESPACE)
    with FeatureStore.from_env(as_of=NOON) as store:
        assert store.get_online_features(["airport:delay"], [{"airport": "x"}]).statuses["delay"] == ["NOT_FOUND"]
