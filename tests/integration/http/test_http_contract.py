"""What Feast's clients send and read, on every store, over a real socket."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from shop import AIRPORT, HOUR_US, NOON_US, ORDERS, ROUTE, view

EPOCH = "1970-01-01T00:00:00Z"
NOON_TEXT = "2026-06-01T12:00:00Z"


def test_an_answer_has_feasts_shape_to_the_letter(shop, caller):
    """Join keys first, PRESENT at the epoch; one column a feature in request order; null values say so; nothing more."""
    shop.put(ORDERS, [1], [5, Decimal("12.30"), None])
    shop.put(ORDERS, [2], [2**53 + 1, Decimal("1.00"), "Zürich"], event_us=NOON_US - 1_500_000)
    answer = caller.ask({"features": ["orders:spend_7d", "orders:last_city"], "entities": {"customer_id": [2, 1, 2]}})
    times = ["2026-06-01T11:59:58.500Z", NOON_TEXT, "2026-06-01T11:59:58.500Z"]
    assert answer == {
        "metadata": {"feature_names": ["customer_id", "spend_7d", "last_city"]},
        "results": [
            {"values": [2, 1, 2], "statuses": ["PRESENT"] * 3, "event_timestamps": [EPOCH] * 3},
            {"values": [1.0, 12.3, 1.0], "statuses": ["PRESENT"] * 3, "event_timestamps": times},
            {
                "values": ["Zürich", None, "Zürich"],
                "statuses": ["PRESENT", "NULL_VALUE", "PRESENT"],
                "event_timestamps": times,
            },
        ],
        "status": True,
    }
    assert caller.headers["content-type"] == "application/json"


def test_a_row_that_is_not_there_or_too_old_says_so(shop, caller):
    """NOT_FOUND at the epoch and OUTSIDE_MAX_AGE at the row's own time; defaults stand in as in training."""
    shop.put(ORDERS, [1], [5, None, "Bern"], event_us=NOON_US - HOUR_US - 1)
    request = {"features": ["orders:last_city", "orders:orders_7d"], "entities": {"customer_id": [1, 9, None]}}
    _, city, orders = caller.ask(request)["results"]
    old = "2026-06-01T10:59:59.999999Z"
    assert city == {
        "values": [None, None, None],
        "statuses": ["OUTSIDE_MAX_AGE", "NOT_FOUND", "NOT_FOUND"],
        "event_timestamps": [old, EPOCH, EPOCH],
    }
    assert orders["values"] == [0, 0, 0]
    _, city, orders = caller.ask({**request, "include_stale": True})["results"]
    assert (city["values"], orders["values"]) == (["Bern", None, None], [5, 0, 0])
    assert city["statuses"] == ["OUTSIDE_MAX_AGE", "NOT_FOUND", "NOT_FOUND"]


def test_a_service_wins_over_features(shop, caller):
    shop.put(AIRPORT, ["EWR"], [1.5])
    shop.put(AIRPORT, ["IAH"], [2.5])
    shop.put(ROUTE, ["EWR", "IAH"], [7])
    entities = {"origin": ["EWR"], "dest": ["IAH"], "surplus": [{"any": "thing"}]}
    answer = caller.ask({"feature_service": "late_model", "features": ["orders:orders_7d"], "entities": entities})
    assert answer["metadata"]["feature_names"] == ["origin", "dest", "origin_delay", "dest_delay", "flights"]
    assert [column["values"] for column in answer["results"]] == [["EWR"], ["IAH"], [1.5], [2.5], [7]]


def test_full_names_carry_the_view_and_a_pinned_version(shop, caller):
    """Feast's `view__feature`, and `view@v2__feature` where the version was asked for; join keys stay bare."""
    price = view("price", [("sku", "varchar")], [("eur", "double")], version=2)
    shop.writer.publish_catalog([price])
    shop.put(price, ["a"], [2.0])
    for reference, name in [
        ("price:eur", "price__eur"),
        ("price@latest:eur", "price__eur"),
        ("price@V2:eur", "price@v2__eur"),
        ("price@v2:*", "price@v2__eur"),
    ]:
        answer = caller.ask({"features": [reference], "entities": {"sku": ["a"]}, "full_feature_names": True})
        assert answer["metadata"] == {"feature_names": ["sku", name]}
        assert answer["results"][1]["values"] == [2.0]


def test_versions_are_told_when_asked_for(shop, caller):
    shop.put(ORDERS, [1], [5, None, None])
    request = {"features": ["orders:orders_7d"], "entities": {"customer_id": [1]}}
    answer = caller.ask({**request, "include_feature_view_version_metadata": True})
    assert answer["metadata"]["feature_view_metadata"] == [{"name": "orders", "version": 0}]


def test_two_versions_of_a_feature_fit_in_one_answer_under_full_names(shop, caller):
    """As Feast tells them apart; under bare names they clash."""
    versions = [view("price", [("sku", "varchar")], [("eur", "double")], version=each) for each in (1, 2)]
    shop.writer.publish_catalog(versions)
    for entry in versions:
        shop.put(entry, ["a"], [float(entry.version)])
    request = {"features": ["price@v1:eur", "price@v2:eur"], "entities": {"sku": ["a"]}}
    answer = caller.ask({**request, "full_feature_names": True})
    assert answer["metadata"]["feature_names"] == ["sku", "price@v1__eur", "price@v2__eur"]
    assert [column["values"] for column in answer["results"]] == [["a"], [1.0], [2.0]]
    assert caller.refused(request)[:2] == (422, "FeatureNameCollisionError")


def test_deprecated_views_are_told_in_the_metadata_and_by_the_header(shop, caller):
    """The header is RFC 9745's, with the first date; nothing is said where nothing is deprecated, or of a date nobody can read."""
    dates = {1: "2026-06-30T00:00:00+00:00", 2: "2026-01-31T00:00:00+00:00", 3: None, 4: "soon"}
    shop.writer.publish_catalog(
        [
            view("price", [("sku", "varchar")], [("eur", "double")], version=each, deprecation_date=date)
            for each, date in dates.items()
        ]
    )

    def told(*versions):
        features = [f"price@v{each}:eur" for each in versions]
        answer = caller.ask({"features": features, "entities": {"sku": ["a"]}, "full_feature_names": True})
        assert answer["metadata"]["feature_names"][1:] == [f"price@v{each}__eur" for each in versions]
        return answer["metadata"].get("deprecations"), caller.headers.get("deprecation")

    assert told(1, 2, 3) == ({"price@v1": dates[1], "price@v2": dates[2]}, "@1769817600")
    assert told(3) == (None, None)
    assert told(4) == ({"price@v4": "soon"}, None)


def test_every_type_has_a_json_form(shop, caller):
    """Instants are epoch seconds, bytes base64, decimals and wide integers numbers, NaN and infinities null."""
    columns = [
        ("at", "timestamp"), ("at_zone", "timestamptz"), ("day", "date"), ("raw", "blob"), ("wide", "hugeint"),
        ("ratio", "double"), ("many", "double[]"), ("whens", "timestamp[]"), ("price", "decimal(10, 2)"),
    ]  # fmt: skip
    zoo = view("zoo", [("id", "bigint")], columns)
    shop.writer.publish_catalog([zoo])
    at = datetime(2026, 1, 2, 3, 4, 5, 999_999)
    values = [at, at.replace(tzinfo=UTC), date(2026, 1, 2), b"\x00\xff", 2**100, float("nan"), [1.5, float("inf")], [at, None], Decimal("0.10")]  # fmt: skip
    shop.put(zoo, [1], values)
    answer = caller.ask({"features": ["zoo:*"], "entities": {"id": [1]}})
    told = {
        name: column["values"][0]
        for name, column in zip(answer["metadata"]["feature_names"], answer["results"], strict=True)
    }
    assert told == {
        "id": 1, "at": 1767323045, "at_zone": 1767323045, "day": "2026-01-02", "raw": "AP8=", "wide": 2**100,
        "ratio": None, "many": [1.5, None], "whens": [1767323045, None], "price": 0.1,
    }  # fmt: skip
    assert answer["results"][6]["statuses"] == ["NULL_VALUE"]


def test_a_column_with_nan_and_nulls_keeps_the_rest(shop, caller):
    for key, value in [("A", 1.5), ("B", float("nan")), ("C", None), ("D", float("-inf"))]:
        shop.put(AIRPORT, [key], [value])
    column = caller.ask({"features": ["airport:delay"], "entities": {"airport": ["A", "B", "C", "D", "E"]}})["results"][
        1
    ]
    assert column["values"] == [1.5, None, None, None, None]
    assert column["statuses"] == ["PRESENT", "NULL_VALUE", "NULL_VALUE", "NULL_VALUE", "NOT_FOUND"]


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/json; charset=utf-8"])
def test_the_body_is_json_whatever_its_content_type(shop, caller, content_type):
    """Feast 0.60 sends none."""
    shop.put(AIRPORT, ["EWR"], [1.5])
    headers = {} if content_type is None else {"Content-Type": content_type}
    assert caller.ask({"features": ["airport:delay"], "entities": {"airport": ["EWR"]}}, headers)["status"]


def test_an_entitys_name_stands_for_its_only_join_key(shop, caller):
    """Deprecated in Feast, and still sent."""
    entry = view("seen", [("device_id", "varchar")], [("times", "bigint")], entity="device")
    shop.writer.publish_catalog([entry])
    shop.put(entry, ["x"], [3])
    answer = caller.ask({"features": ["seen:times"], "entities": {"device": ["x"]}})
    assert answer["metadata"]["feature_names"] == ["device_id", "times"]
    assert answer["results"][1]["values"] == [3]


def test_an_entitys_name_stands_for_no_part_of_a_composite_key_and_for_no_renamed_one(shop, caller):
    """It would be the same value for both parts, or for both uses of the view."""
    shop.put(ROUTE, ["EWR", "EWR"], [7])
    missing = (422, "RequestDataNotFoundInEntityRowsException")
    assert caller.refused({"features": ["route:flights"], "entities": {"route": ["EWR"]}})[:2] == missing
    entities = {"airport": ["EWR"], "route": ["EWR"]}
    assert caller.refused({"feature_service": "late_model", "entities": entities})[:2] == missing


def test_a_damaged_row_is_invalid_and_harms_no_other(shop, caller):
    shop.put(AIRPORT, ["EWR"], [1.5])
    shop.put_bytes(AIRPORT, ["JFK"], b"\x01no row")
    column = caller.ask({"features": ["airport:delay"], "entities": {"airport": ["JFK", "EWR"]}})["results"][1]
    assert column == {"values": [None, 1.5], "statuses": ["INVALID", "PRESENT"], "event_timestamps": [EPOCH, NOON_TEXT]}


def test_a_new_feature_is_served_as_soon_as_it_is_published(shop, caller):
    """A row with an unknown schema refreshes the catalog; names, types and values always belong together."""
    shop.put(AIRPORT, ["EWR"], [1.5])
    request = {"features": ["airport:*"], "entities": {"airport": ["EWR"]}}
    assert caller.ask(request)["metadata"]["feature_names"] == ["airport", "delay"]
    wider = view("airport", [("airport", "varchar")], [("seen_at", "timestamp"), ("delay", "double")])
    shop.put(wider, ["EWR"], [datetime(2026, 1, 1), 2.5])
    shop.writer.publish_catalog([wider])
    answer = caller.ask(request)
    assert answer["metadata"]["feature_names"] == ["airport", "seen_at", "delay"]
    assert [column["values"] for column in answer["results"]] == [["EWR"], [1767225600], [2.5]]


def test_the_registry_tells_services_views_and_types(caller):
    registry = caller.get("/features")
    assert [service["name"] for service in registry["services"]] == ["late_model"]
    assert registry["services"][0]["join_keys"] == {"origin": "varchar", "dest": "varchar"}
    assert registry["services"][0]["features"][0] == {
        "name": "origin_delay", "view": "airport", "version": 0, "feature": "delay", "type": "float64",
    }  # fmt: skip
    assert [view["name"] for view in registry["views"]] == ["airport", "orders", "route"]
    orders = registry["views"][1]
    assert orders["features"] == {"orders_7d": "int64", "spend_7d": "decimal(10,2)", "last_city": "string"}
    assert (orders["ttl_seconds"], orders["join_keys"]) == (3600, {"customer_id": "bigint"})


def test_many_entities_answer_as_one_by_one(shop, caller):
    for key in range(150):
        shop.put(ORDERS, [key], [key, None, str(key)])
    keys = [key % 160 for key in range(0, 1600, 7)]
    many = caller.ask({"features": ["orders:*"], "entities": {"customer_id": keys}})["results"]
    for index, key in enumerate(keys):
        one = caller.ask({"features": ["orders:*"], "entities": {"customer_id": [key]}})["results"]
        assert [{name: column[name][index : index + 1] for name in column} for column in many] == one


def test_the_answer_is_valid_json_for_strict_parsers(shop, caller):
    shop.put(AIRPORT, ["EWR"], [float("nan")])
    body = json.dumps({"features": ["airport:delay"], "entities": {"airport": ["EWR"]}}).encode()
    _, answer = caller.call("POST", "/get-online-features", body)
    json.loads(answer, parse_constant=pytest.fail)
