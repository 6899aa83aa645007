"""What is a change, what is breaking, and whom it breaks."""

from __future__ import annotations

import pytest

from featurectl.plan.changes import Plan
from featurectl.plan.compare import compare
from featurectl.plan.description import Description
from featurectl.registry import Column

TWO = ("orders_7d bigint", "spend_7d double")


def paths(change):
    return {detail.path: (detail.action, detail.before, detail.after) for detail in change.details}


def broken(change):
    return [(breaking.services, breaking.training_sets) for breaking in change.breaking]


def exit_code(changes):
    return Plan("x", tuple(changes.values())).exit_code


def test_equal_sides_have_no_difference(side, changes):
    """Spellings of one type are one type, and a default is compared as the catalog carries it."""
    first = (
        side().view(features=("orders_7d bigint", "p decimal(10,2)"), defaults={"p": 0.5}).service("orders:orders_7d")
    )
    again = side().view(features=("orders_7d INTEGER", "p numeric( 10, 2 )"), defaults={"p": "0.50"})
    assert changes(first, again.service("orders:orders_7d")) == {}


def test_added_and_removed_are_told_with_their_features(side, changes):
    found = changes(side().view(), side().view("planes", TWO).service("planes:spend_7d"))
    assert {name: change.action for name, change in found.items()} == {
        "view orders": "removed",
        "view planes": "added",
        "service churn_model": "added",
    }
    assert list(paths(found["view planes"])) == ["features.orders_7d", "features.spend_7d"]
    assert exit_code(found) == 2


@pytest.mark.parametrize(
    ("said", "path", "action"),
    [
        ({"ttl_seconds": 60}, "ttl_seconds", "added"),
        ({"owner": "growth"}, "owner", "added"),
        ({"description": "Of a customer."}, "description", "changed"),
        ({"access": "private"}, "access", "changed"),
        ({"entity": "person"}, "entity", "changed"),
        ({"defaults": {"orders_7d": 0}}, "defaults.orders_7d", "added"),
        ({"deprecation_date": "2027-01-01"}, "deprecation_date", "added"),
        ({"is_latest": False}, "is_latest", "changed"),
        ({"compiled_code": "select 2"}, "sql", "changed"),
    ],
)
def test_what_a_view_declares_besides_its_features_is_a_change_that_breaks_nothing(side, changes, said, path, action):
    """Not even a shorter TTL under a service: the status of a look-up says that a value is too old."""
    used = side().view().service("orders:orders_7d").training_set("orders:orders_7d")
    found = changes(used, side().view(**said).service("orders:orders_7d").training_set("orders:orders_7d"))
    assert list(found) == ["view orders"]
    assert [(where, what[0]) for where, what in paths(found["view orders"]).items()] == [(path, action)]
    assert exit_code(found) == 2


def test_sql_that_was_not_compiled_is_not_compared(side, changes):
    assert changes(side().view(), side().view(compiled_code=None)) == {}


def test_roles_are_compared_where_both_sides_know_them(side, changes):
    """The catalog does not say which column is the event timestamp."""
    found = changes(side().view(), side().view(event_timestamp=Column("loaded_at", "timestamp")))
    expected = {} if changes.is_online else {"roles.event_timestamp": ("changed", "ordered_at", "loaded_at")}
    assert {path: what for change in found.values() for path, what in paths(change).items()} == expected


@pytest.mark.parametrize("features", [("orders_7d bigint",), ("orders_7d bigint", "spend_7d varchar")])
def test_a_feature_that_goes_or_gets_another_type_breaks_those_who_use_it(side, changes, features):
    used = "orders:spend_7d"
    before = side().view(features=TWO).service(used).service("orders:orders_7d", name="other").training_set(used)
    after = side().view(features=features).service(used).service("orders:orders_7d", name="other").training_set(used)
    change = changes(before, after)["view orders"]
    assert broken(change) == [(("churn_model",), ("churn_training",))]
    assert exit_code({"": change}) == 3


@pytest.mark.parametrize("features", [("orders_7d bigint",), ("orders_7d bigint", "spend_7d varchar")])
def test_the_same_to_a_feature_that_nobody_uses_is_a_change(side, changes, features):
    before, after = side().view(features=TWO), side().view(features=features)
    found = changes(before.service("orders:orders_7d"), after.service("orders:orders_7d"))
    assert paths(found["view orders"])["features.spend_7d"][1] == "float64"
    assert exit_code(found) == 2


def test_a_feature_counts_as_used_while_its_service_is_served(side, changes):
    """The new manifest drops both, but a model server asks for the service still: first the one, then the other."""
    before = side().view(features=TWO).service("orders:spend_7d")
    assert broken(changes(before, side().view())["view orders"]) == [(("churn_model",), ())]


def test_a_retired_service_counts_no_more(side):
    before = side().view(features=TWO).service("orders:spend_7d").retire("churn_model")
    (change,) = compare(before.served, side().view().to_serve)
    assert (change.name, broken(change)) == ("orders", [])


@pytest.mark.parametrize("key", [Column("client_id", "bigint"), Column("customer_id", "varchar")])
def test_another_join_key_breaks_whoever_asks_even_without_a_service(side, changes, key):
    found = changes(side().view(), side().view(join_keys=(key,)))
    (breaking,) = found["view orders"].breaking
    assert breaking.broken == "whoever asks for it"
    assert str(breaking).startswith("the join keys are ")
    found = changes(
        side().view().service("orders:orders_7d"), side().view(join_keys=(key,)).service("orders:orders_7d")
    )
    assert broken(found["view orders"]) == [(("churn_model",), ())]


def test_another_list_of_a_service_is_breaking_whatever_the_difference(side, changes):
    """More, less, another order, another version: the model was trained on one list."""
    both = ("orders:orders_7d", "orders:spend_7d")
    for other in (both[::-1], both[:1], (*both, "orders@v2:orders_7d")):
        found = changes(side().view(features=TWO).service(*both), side().view(features=TWO).service(*other))
        assert broken(found["service churn_model"]) == [(("churn_model",), ())]


def test_facts_of_a_service_are_a_change_and_its_removal_breaks_nothing_at_once(side, changes):
    """A removed service is served until `gc` collects it, and its views with it."""
    before = side().view().service("orders:orders_7d")
    found = changes(before, side().view().service("orders:orders_7d", owner="Ada"))
    assert paths(found["service churn_model"]) == {"owner": ("added", None, "Ada")}
    found = changes(before, side().view("planes"))
    assert [(name, change.action, broken(change)) for name, change in found.items()] == [
        ("view orders", "removed", []),
        ("view planes", "added", []),
        ("service churn_model", "removed", []),
    ]


def test_a_version_that_goes_breaks_the_service_that_stays(side, changes):
    """Even where the new manifest moves the service on: its list online is the old one until somebody accepts."""
    v1, v2 = {"version": 1, "is_latest": False}, {"version": 2}
    before = side().view(**v1).view(**v2).service("orders@v1:orders_7d")
    found = changes(before, side().view(**v2).service("orders@v2:orders_7d"))
    assert str(found["view orders@v1"].removal) == "the version is gone; breaks service churn_model"
    assert broken(found["service churn_model"]) == [(("churn_model",), ())]
    unused = side().view(**v1).view(**v2).service("orders@v2:orders_7d")
    found = changes(unused, side().view(**v2).service("orders@v2:orders_7d"))
    assert [(name, broken(change)) for name, change in found.items()] == [("view orders@v1", [])]


def test_a_view_that_is_online_no_more_breaks_its_service(side, changes):
    before = side().view().service("orders:orders_7d")
    found = changes(before, side().view(online=False).service("orders:orders_7d"))
    assert broken(found["view orders"]) == [(("churn_model",), ())]


def test_a_view_that_is_online_no_more_leaves_training_as_it_is(side, changes):
    """A training set reads the warehouse."""
    before = side().view().training_set("orders:orders_7d")
    found = changes(before, side().view(online=False).training_set("orders:orders_7d"))
    assert broken(found["view orders"]) == []


def test_a_new_feature_that_is_used_at_once_breaks_nothing(side, changes):
    before = side().view(features=TWO[:1])
    found = changes(before, side().view(features=TWO).training_set("orders:spend_7d").service("orders:spend_7d"))
    assert broken(found["view orders"]) == []


def test_a_training_sets_list_is_a_change_between_manifests(side, changes):
    """Online there are no training sets, so there is nothing to compare."""
    before, after = side().view(features=TWO), side().view(features=TWO)
    found = changes(before.training_set("orders:orders_7d"), after.training_set("orders:spend_7d"))
    assert list(found) == ([] if changes.is_online else ["training set churn_training"])
    assert exit_code(found) == (0 if changes.is_online else 2)


def test_what_is_retired_is_no_difference_and_what_comes_back_is_one(side):
    before = side().view().view("planes").service("planes:orders_7d").retire("planes", "churn_model")
    assert compare(before.served, side().view().to_serve) == ()
    found = compare(before.served, side().view().view("planes").to_serve)
    assert [(change.name, [detail.path for detail in change.details]) for change in found] == [
        ("planes", ["retired_at"])
    ]


def test_a_change_of_the_features_order_is_told(side, changes):
    found = changes(side().view(features=TWO), side().view(features=TWO[::-1]))
    assert list(paths(found["view orders"])) == ["feature_order"]


def test_before_the_first_sync_everything_is_added(side):
    found = compare(Description(), side().view().service("orders:orders_7d").to_serve)
    assert [change.action for change in found] == ["added", "added"]


def test_a_training_set_that_goes_with_the_feature_is_not_broken(side):
    before = side().view(features=TWO).training_set("orders:spend_7d")
    found = compare(before.declared, side().view().declared)
    assert [(change.action, change.name, broken(change)) for change in found] == [
        ("changed", "orders", []),
        ("removed", "churn_training", []),
    ]


def test_a_view_that_goes_breaks_the_training_set_that_stays(side):
    """Its list is another then, whether anybody wrote it down or `view:*` did."""
    before = side().view().view("planes").training_set("orders:orders_7d", "planes:orders_7d")
    found = compare(before.declared, side().view("planes").training_set("planes:orders_7d").declared)
    assert [(change.name, broken(change)) for change in found if change.kind == "view"] == [
        ("orders", [((), ("churn_training",))])
    ]


def test_a_view_that_goes_online_breaks_nothing(side):
    before, after = side().view(online=False).service("orders:orders_7d"), side().view().service("orders:orders_7d")
    (change,) = compare(before.declared, after.declared)
    assert (paths(change), broken(change)) == ({"online": ("changed", False, True)}, [])
