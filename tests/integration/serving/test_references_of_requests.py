"""What a look-up may ask for: references, versions, services; names that clash."""

from __future__ import annotations

import pytest
from shop import PUBLISHED, view

from serving import NameClashError, RequestError, UnknownFeatureError
from serving.format.catalog import ServiceEntry, ServiceFeature


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
            r"feature of view 'orders', got 'orders_7days'\nHint: Did you mean 'orders_7d'\?",
        ),
        (["order:orders_7d"], r"feature view, got 'order'\nHint: Did you mean 'orders'\?"),
        (["orders@v" + "9" * 5000 + ":x"], r"version of view 'orders', got 'orders@v9{5000}'"),
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


def test_full_names_tell_the_versions_that_were_asked_for(shop, client):
    """`view__feature`, and `view@v2__feature` where the reference says a version: two versions of a feature fit in one answer."""
    old = view("price", [("sku", "varchar")], [("eur", "double")], version=1, is_latest=False)
    new = view("price", [("sku", "varchar")], [("eur", "double")], version=2)
    shop.writer.publish_catalog([old, new])
    shop.put(old, ["a"], [1.0])
    shop.put(new, ["a"], [2.0])
    references = ["price@v1:eur", "price@v2:*", "price:eur"]
    answer = client.get_online_features(references, [{"sku": "a"}], full_feature_names=True)
    assert answer.to_dict() == {"sku": ["a"], "price@v1__eur": [1.0], "price@v2__eur": [2.0], "price__eur": [2.0]}
    with pytest.raises(NameClashError, match=r"'eur' from price@v1:eur and from price@v2:\* \(eur\)\nHint: Pass full"):
        client.get_online_features(references, [{"sku": "a"}])
    with pytest.raises(NameClashError, match=r"'price@v1__eur' .*\nHint: Ask for it once"):
        client.get_online_features(["price@v1:eur", "price@v1:*"], [{"sku": "a"}], full_feature_names=True)


def test_deprecated_views_are_told_with_their_date(shop, client):
    """Those of the answer alone, by the version that was looked up, through a service too; the date may be to come."""
    dates = {1: "2026-01-31T00:00:00+00:00", 2: "2027-01-31T00:00:00+00:00", 3: None}
    versions = [
        view(
            "price", [("sku", "varchar")], [("eur", "double")], version=each, is_latest=each == 3, deprecation_date=date
        )
        for each, date in dates.items()
    ]
    late = ServiceEntry("late", (ServiceFeature("price", 2, "eur", "eur"),), PUBLISHED)
    shop.writer.publish_catalog([*versions, late])
    rows = [{"sku": "a"}]

    def told(features):
        return client.get_online_features(features, rows, full_feature_names=True).deprecations

    assert told(["price:eur"]) == {}
    assert told(["price@v1:eur", "price:eur"]) == {"price@v1": dates[1]}
    assert told("late") == {"price@v2": dates[2]}
