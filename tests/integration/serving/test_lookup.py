"""Look-ups: values, statuses, names and order, the same on every store."""

from __future__ import annotations

import time
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from shop import AIRPORT, HOUR_US, NAMESPACE, NOON, NOON_US, ORDERS, ROUTE, view

import serving.client
from serving import (
    CatalogError,
    CorruptRowError,
    FeatureStore,
    KeyTypeError,
    MissingJoinKeyError,
    NameClashError,
    RequestError,
    TooManyEntitiesError,
    UnknownFeatureError,
)
from serving.format.rows import row_encoder
from serving.format.schemas import Schema

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
    time.sleep(0.02)
    answer = client.get_online_features(["airport:delay"], {"airport": ["EWR", "JFK"]})
    assert answer.statuses["delay"] == ["NOT_FOUND", "PRESENT"]


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


def test_references_name_a_version_or_mean_the_latest(shop, client):
    old = view("price", [("sku", "varchar")], [("eur", "double")], version=1, is_latest=False)
    new = view("price", [("sku", "varchar")], [("eur", "double"), ("usd", "double")], version=2)
    shop.writer.publish_catalog([old, new])
    shop.put(old, ["a"], [1.0])
    shop.put(new, ["a"], [2.0, 3.0])
    rows = [{"sku": "a"}]
    assert client.get_online_features("price:*", rows).to_dict() == {"sku": ["a"], "eur": [2.0], "usd": [3.0]}
    assert client.get_online_features(["price@v1:eur"], rows).to_dict() == {"sku": ["a"], "eur": [1.0]}
    both = client.get_online_features(["price@v1:eur", "price@v2:usd"], rows)
    assert both.to_dict() == {"sku": ["a"], "eur": [1.0], "usd": [3.0]}
    with pytest.raises(UnknownFeatureError, match=r"price@v3.*\n.*price@v2"):
        client.get_online_features(["price@v3:eur"], rows)


def test_the_latest_version_is_the_greatest_that_says_so(shop, client):
    """Not a later one that is not released yet, nor an earlier one that was not published again since."""
    for version, is_latest in [(1, True), (2, True), (3, False)]:
        entry = view("price", [("sku", "varchar")], [("eur", "double")], version=version, is_latest=is_latest)
        shop.writer.publish_catalog([entry])
        shop.put(entry, ["a"], [float(version)])
    assert client.get_online_features(["price:eur"], [{"sku": "a"}]).to_dict()["eur"] == [2.0]


def test_a_view_without_a_published_latest_version_must_be_pinned(shop, client):
    shop.writer.publish_catalog([view("price", [("sku", "varchar")], [("eur", "double")], version=3, is_latest=False)])
    with pytest.raises(RequestError, match=r"published latest version of view 'price'.*\nHint: Pin one, e.g. price@v3"):
        client.get_online_features(["price:eur"], [{"sku": "a"}])


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (
            ["orders:orders_7days"],
            r"feature of view 'orders' version 0, got 'orders_7days'\nHint: Did you mean 'orders_7d'\?",
        ),
        (["order:orders_7d"], r"feature view, got 'order'\nHint: Did you mean 'orders'\?"),
        ("late_modle", r"feature service, got 'late_modle'\nHint: Did you mean 'late_model'\?"),
        (["late_model"], r"a reference like view:feature, got 'late_model'\nHint: .* a service is named by a str"),
        ([], r"at least one feature reference, got none"),
        ([3], r"a reference like view:feature, got 3"),
        ([{}], r"a list of feature references, got \[\{\}\]"),
        (None, r"a list of feature references, got None"),
    ],
)
def test_what_cannot_be_asked_is_named_with_the_nearest_name(client, features, message):
    with pytest.raises(RequestError, match=message):
        client.get_online_features(features, [{"customer_id": 1}])


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (["orders:orders_7d", "orders:*"], r"'orders_7d' from orders:orders_7d and from orders:\* \(orders_7d\)"),
        (
            ["airport:delay", "train:delay"],
            r"'delay' from airport:delay and from train:delay\nHint: Pass full_feature_names",
        ),
        (
            ["airport:delay", "airport:delay"],
            r"'delay' from airport:delay and from airport:delay\nHint: Ask for it once",
        ),
        (["train:airport", "airport:delay"], r"'airport' from train:airport and as join key of airport:delay"),
    ],
)
def test_names_that_clash_are_both_named(client, shop, features, message):
    shop.writer.publish_catalog([view("train", [("train", "varchar")], [("delay", "double"), ("airport", "varchar")])])
    with pytest.raises(NameClashError, match=message):
        client.get_online_features(features, [])


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([{"dest": "A", "x": 1}], "entity_rows[0]"),
        ([{"origin": "A", "dest": "A"}, {"dest": "A"}], "entity_rows[1]"),
        ({"dest": []}, "entity_rows"),
    ],
)
def test_a_missing_join_key_column_is_named(client, rows, where):
    with pytest.raises(MissingJoinKeyError) as caught:
        client.get_online_features("late_model", rows)
    assert caught.value.message.startswith(
        f"{where}: expected the join key column 'origin' of view 'airport', got the columns: dest"
    )


def test_a_key_of_another_type_is_refused(client):
    with pytest.raises(KeyTypeError, match=r"join key 'customer_id': expected int64 \(an int\), got '12'"):
        client.get_online_features(["orders:orders_7d"], [{"customer_id": "12"}])


@pytest.mark.parametrize("rows", [None, "customer_id", 3, [3], {"customer_id": 1}, {"customer_id": "12"}, {1, 2}])
def test_entity_rows_of_another_shape_are_refused(client, rows):
    with pytest.raises(RequestError, match="entity_rows"):
        client.get_online_features(["orders:orders_7d"], rows)


def test_columns_of_different_lengths_are_refused(client):
    with pytest.raises(RequestError, match=r"columns of one length, got \{'origin': 1, 'dest': 2\}"):
        client.get_online_features(["route:flights"], {"origin": ["A"], "dest": ["A", "B"]})


@pytest.mark.parametrize("rows", [[], {"customer_id": []}])
def test_no_entity_rows_are_refused(client, rows):
    with pytest.raises(RequestError, match=r"expected at least one row, got none\nHint: "):
        client.get_online_features(["orders:orders_7d"], rows)


@pytest.mark.parametrize("rows", [[{"customer_id": 1}] * 10_001, {"customer_id": range(10_001)}])
def test_the_number_of_entities_is_bounded(client, rows):
    """By default at 10,000; every one of them would be a key of one command."""
    with pytest.raises(TooManyEntitiesError, match=r"at most 10000 rows, got 10001\nHint: .*max_entities"):
        client.get_online_features(["orders:orders_7d"], rows)


def test_the_bound_of_entities_is_the_callers(shop):
    with FeatureStore.from_url(shop.url, namespace=NAMESPACE, max_entities=2) as store:
        assert len(store.get_online_features(["orders:orders_7d"], {"customer_id": [1, 2]})) == 2
        with pytest.raises(TooManyEntitiesError):
            store.get_online_features(["orders:orders_7d"], {"customer_id": [1, 2, 3]})


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


def test_a_schema_that_is_not_there_is_looked_for_once_in_a_while(shop, client):
    """Damaged rows do not make every look-up read the catalog again."""
    (row, _) = damaged()[-1]
    shop.put_bytes(ORDERS, [1], row)

    def status():
        return client.get_online_features(["orders:orders_7d"], [{"customer_id": 1}]).statuses["orders_7d"]

    assert status() == ["INVALID"]
    reads = []
    hgetall = client._store.hgetall
    client._store.hgetall = lambda key: reads.append(key) or hgetall(key)
    assert status() == ["INVALID"]
    assert reads == []


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


def test_an_empty_namespace_says_to_sync(shop):
    with (
        FeatureStore.from_url(shop.url, namespace="shop:other") as store,
        pytest.raises(CatalogError, match=r"shop:other:catalog.*\nHint: Run featurectl sync-online"),
    ):
        store.get_online_features(["orders:orders_7d"], [])


def test_many_rows_are_one_lookup(shop, client):
    """Hundreds of keys, repeated ones among them, come back in their order."""
    for key in range(40):
        shop.put(ORDERS, [key], [key, None, None])
    asked = [key % 80 for key in range(1000)]
    answer = client.get_online_features(["orders:orders_7d"], {"customer_id": asked})
    assert answer.to_dict()["orders_7d"] == [key if key < 40 else 0 for key in asked]


def test_the_environment_names_store_and_namespace(shop, monkeypatch):
    monkeypatch.setenv("FEATURECTL_ONLINE_STORE", shop.url)
    monkeypatch.setenv("FEATURECTL_NAMESPACE", NAMESPACE)
    with FeatureStore.from_env(as_of=NOON) as store:
        assert store.get_online_features(["airport:delay"], [{"airport": "x"}]).statuses["delay"] == ["NOT_FOUND"]
