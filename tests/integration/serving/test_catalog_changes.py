"""A catalog that changes under a client, is old, or is not there."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from shop import AIRPORT, HOUR_US, NAMESPACE, NOON_US, ORDERS, view

import serving.client
from serving import AsyncFeatureStore, CatalogError, FeatureStore
from serving.format.rows import row_encoder
from serving.format.schemas import Schema

ALL_ORDERS = ["orders:orders_7d", "orders:spend_7d", "orders:last_city"]


def test_a_new_schema_is_noticed_at_once(shop, client):
    """A row of a schema published a moment ago refreshes the catalog; old rows answer what they hold until resynced."""
    client.get_online_features(ALL_ORDERS, [{"customer_id": 1}])
    shop.put(ORDERS, [1], [1, Decimal("1.00"), "Bern"])
    wider = view(
        "orders",
        [("customer_id", "bigint")],
        [("orders_7d", "double"), ("last_city", "varchar"), ("orders_30d", "bigint")],
    )
    shop.writer.publish_catalog([wider])
    shop.put(wider, [2], [2.0, "Rom", 9])
    rows = {"customer_id": [2, 1]}
    assert client.get_online_features(["orders:last_city"], rows).to_dict()["last_city"] == ["Rom", "Bern"]
    answer = client.get_online_features(["orders:*"], rows)
    assert answer.to_dict() == {
        "customer_id": [2, 1],
        "orders_7d": [2.0, None],
        "last_city": ["Rom", "Bern"],
        "orders_30d": [9, None],
    }
    assert answer.statuses["orders_7d"] == ["PRESENT", "NOT_FOUND"]
    assert answer.statuses["orders_30d"] == ["PRESENT", "NOT_FOUND"]
    assert answer.statuses["last_city"] == ["PRESENT", "PRESENT"]


def test_columns_that_can_be_read_only_once_are_kept_for_the_second_try(shop, client):
    """Synchronously and under asyncio: a generator of keys, and rows of a schema published since."""
    shop.put(view("airport", AIRPORT.join_keys, [("delay", "double"), ("seen", "bigint")]), ["EWR"], [1.5, 1])
    assert client.get_online_features(["airport:delay"], once("EWR")).to_dict() == {"airport": ["EWR"], "delay": [1.5]}

    async def look():
        async with AsyncFeatureStore.from_url(shop.url, namespace=NAMESPACE) as store:
            return (await store.get_online_features(["airport:delay"], once("EWR"))).to_dict()

    assert asyncio.run(look()) == {"airport": ["EWR"], "delay": [1.5]}


def once(*airports):
    """A column of keys that can be read once."""
    return {"airport": iter(airports)}


def test_the_catalog_is_never_older_than_its_limit(shop, client, monkeypatch):
    """A change without new rows is seen when the limit has passed, not before."""
    now = [1000.0]
    monkeypatch.setattr(serving.client.time, "monotonic", lambda: now[0])
    shop.put(ORDERS, [1], [5, None, None], event_us=NOON_US - 2 * HOUR_US)

    def status():
        return client.get_online_features(["orders:orders_7d"], [{"customer_id": 1}]).statuses["orders_7d"]

    assert status() == ["OUTSIDE_MAX_AGE"]
    shop.writer.publish_catalog([view("orders", ORDERS.join_keys, ORDERS.features)])
    now[0] += 10
    assert status() == ["OUTSIDE_MAX_AGE"]
    now[0] += 0.1
    assert status() == ["PRESENT"]


def test_the_catalog_of_a_store_that_was_emptied_is_seen_whatever_its_generation(shop, client, monkeypatch):
    """Its generation starts anew and may be the one that is known: after five minutes the whole is read all the same."""
    now = [1000.0]
    monkeypatch.setattr(serving.client.time, "monotonic", lambda: now[0])
    shop.put(ORDERS, [1], [5, None, None], event_us=NOON_US - 2 * HOUR_US)
    known = b"%d" % client.catalog().generation
    shop.writer.publish_catalog([view("orders", ORDERS.join_keys, ORDERS.features)])
    monkeypatch.setattr(client._store, "hget", lambda *_: known)

    def status():
        return client.get_online_features(["orders:orders_7d"], [{"customer_id": 1}]).statuses["orders_7d"]

    now[0] += 300
    assert status() == ["OUTSIDE_MAX_AGE"]
    now[0] += 10.1
    assert status() == ["PRESENT"]


def test_a_schema_that_is_not_there_is_looked_for_once_in_a_while(shop, client):
    """Damaged rows do not make every look-up read the catalog again."""
    row = row_encoder(Schema.of([("x", "bigint")]))(NOON_US, None, [1])
    shop.put_bytes(ORDERS, [1], row)

    def status():
        return client.get_online_features(["orders:orders_7d"], [{"customer_id": 1}]).statuses["orders_7d"]

    assert status() == ["INVALID"]
    reads = []
    hgetall = client._store.hgetall
    client._store.hgetall = lambda key: reads.append(key) or hgetall(key)
    assert status() == ["INVALID"]
    assert reads == []


def test_an_empty_namespace_says_to_sync(shop):
    with (
        FeatureStore.from_url(shop.url, namespace="shop:other") as store,
        pytest.raises(CatalogError, match=r"shop:other:catalog.*\nHint: Run featurectl sync-online"),
    ):
        store.get_online_features(["orders:orders_7d"], [])
