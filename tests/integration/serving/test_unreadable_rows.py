"""Stored bytes that are no row, or no value: INVALID for their entity, or an error where asked for."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest
from shop import NAMESPACE, NOON, NOON_US, ORDERS, view

from serving import CorruptRowError, FeatureStore
from serving.format.rows import row_encoder
from serving.format.schemas import Schema

ALL_ORDERS = ["orders:orders_7d", "orders:spend_7d", "orders:last_city"]


def damaged():
    """Rows that cannot be read, by airport or customer, and what is said of each."""
    schema = Schema.of(ORDERS.features)
    good = row_encoder(schema)(NOON_US, None, [1, Decimal("1.00"), "x"])
    missing = Schema.of([("x", "bigint")])
    return [
        (b"\x01garbage", "expected a row of at least 21 bytes"),
        (b"", "expected a row of at least 21 bytes"),
        (b"\x02" + good[1:], "expected row format 1, got 2"),
        (good.replace(b"1.00", b"1x00"), "expected values of the types of its schema"),
        (good[:-1], "expected values of the types of its schema"),
        (good + b"\x01", "expected values of the types of its schema"),
        (good[:21] + b"\x93\xa11\xa11\xa1x", "expected values of the types of its schema"),
        (good[:21] + b"\x92\x01\xc0", "expected values of the types of its schema"),
        (good[:-1] + b"\xff", "expected values of the types of its schema"),  # text that is no UTF-8
        (good[:1] + missing.id.to_bytes(4, "big") + good[5:], f"expected its schema {missing.id:08x}"),
    ]


def test_a_damaged_row_fails_no_other(shop, client):
    """It is INVALID and None, never a default; the other rows are answered."""
    for key in range(99):
        shop.put(ORDERS, [key], [key, None, "x"])
    for row, _ in damaged():
        shop.put_bytes(ORDERS, [99], row)
        answer = client.get_online_features(ALL_ORDERS, {"customer_id": range(100)})
        assert answer.to_dict()["orders_7d"] == [*range(99), None], row
        assert answer.to_dict()["spend_7d"] == [None] * 100
        assert answer.statuses["spend_7d"] == ["NULL_VALUE"] * 99 + ["INVALID"]
        assert answer.event_timestamps["last_city"] == [NOON] * 99 + [None]


def test_a_damaged_row_fails_the_lookup_where_asked_for(shop):
    """The error names the row's key and what is wrong with it, before any value is seen."""
    with FeatureStore.from_url(shop.url, namespace=NAMESPACE, as_of=NOON, on_corrupt="raise") as store:
        for row, problem in damaged():
            shop.put_bytes(ORDERS, [1], row)
            with pytest.raises(CorruptRowError, match=r"shop:test:orders@0:\{1\}: " + problem):
                store.get_online_features(["orders:spend_7d"], [{"customer_id": 1}])


def test_values_of_the_right_form_and_no_meaning_are_damage(shop):
    """An instant beyond the calendar, a wide integer that is none, half a float."""
    odd = view("odd", [("k", "bigint")], [("at", "timestamp"), ("wide", "hugeint"), ("list", "float[]")])
    shop.writer.publish_catalog([odd])
    schema = Schema.of(odd.features)
    shop.put(odd, [0], [NOON, 2**100, [1.5]])
    head = row_encoder(schema)(NOON_US, None, [None, None, None])[:21]
    for key, body in enumerate(([2**62, "1", b""], [0, "x", b""], [0, "1", b"abc"]), start=1):
        shop.put_bytes(odd, [key], head + msgspec.msgpack.encode(body))
    with FeatureStore.from_url(shop.url, namespace=NAMESPACE, as_of=NOON) as store:
        answer = store.get_online_features(["odd:*"], {"k": range(4)})
        assert answer.to_dict()["wide"] == [2**100, None, None, None]
        assert answer.to_dict()["list"] == [[1.5], None, None, None]
        assert answer.statuses["at"] == ["PRESENT", "INVALID", "INVALID", "INVALID"]
    with FeatureStore.from_url(shop.url, namespace=NAMESPACE, as_of=NOON, on_corrupt="raise") as store:
        for key in (1, 2, 3):
            with pytest.raises(CorruptRowError, match=rf"odd@0:\{{{key}\}}"):
                store.get_online_features(["odd:*"], {"k": [0, key]})
