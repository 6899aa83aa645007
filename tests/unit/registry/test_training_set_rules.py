"""Claims about training sets: how the recorded list is resolved, and how a wrong one is named."""

from __future__ import annotations

import pytest

from featurectl.build import inspect

HERE = "error: models/training.yml: training: "
LIST = HERE + "config.meta.training_set.features"
FLIGHT_COLUMNS = {"airport": "varchar", "hour": "timestamp", "delay": "double", "queue": "bigint"}


@pytest.fixture
def two_views(declared):
    """`orders` (customer_id) and `congestion` (airport), for one training set."""
    declared.view()
    declared.view(
        "congestion", columns=FLIGHT_COLUMNS, config={"event_time": "hour"}, entity="airport", join_keys=["airport"]
    )
    return declared


PARENTS = ("model.shop.orders", "model.shop.congestion", "model.shop.spine")


def outputs(registry):
    return [
        (feature.reference, feature.output_name, feature.join_keys) for feature in registry.training_sets[0].features
    ]


def test_a_view_is_used_twice_under_two_prefixes_with_its_key_mapped(two_views):
    two_views.training_set(
        [
            {"view": "congestion", "join_keys": {"airport": "origin"}, "prefix": "origin_"},
            {"view": "congestion", "features": ["delay"], "join_keys": {"airport": "dest"}, "prefix": "dest_"},
        ],
        parents=PARENTS,
    )
    assert outputs(two_views.registry()) == [
        ("congestion:delay", "origin_delay", {"airport": "origin"}),
        ("congestion:queue", "origin_queue", {"airport": "origin"}),
        ("congestion:delay", "dest_delay", {"airport": "dest"}),
    ]


def test_the_calls_join_keys_apply_to_each_view_that_has_the_key_and_an_items_own_win(two_views):
    two_views.training_set(
        [
            "orders:orders_count_7d",
            "congestion:queue",
            {"view": "congestion", "features": ["delay"], "join_keys": {"airport": "dest"}},
        ],
        join_keys={"airport": "origin", "customer_id": "customer_id"},
        parents=PARENTS,
    )
    assert outputs(two_views.registry()) == [
        ("orders:orders_count_7d", "orders_count_7d", {}),
        ("congestion:queue", "queue", {"airport": "origin"}),
        ("congestion:delay", "delay", {"airport": "dest"}),
    ]


def test_parents_that_no_item_uses_are_the_spines(two_views):
    two_views.training_set(["orders:orders_count_7d"], parents=PARENTS)
    (training,) = two_views.registry().training_sets
    assert training.spines == ("model.shop.congestion", "model.shop.spine")


@pytest.mark.parametrize(
    ("item", "line"),
    [
        ("orders", "expected a feature reference, got 'orders'"),
        ("orders:", "expected a feature reference, got 'orders:'"),
        ("orders@2:x", "expected a view as `view` or `view@v2`, got 'orders@2'"),
        ("ordrs:*", "expected the name of a feature view, got 'ordrs'"),
        ("orders:orders_7d", "expected the name of a feature of orders, got 'orders_7d'"),
        ("orders:customer_id", "expected the name of a feature of orders, got 'customer_id'"),
        ("orders@v3:*", "expected the name of a version of a feature view, got 'orders@v3'"),
        (7, "expected a mapping, got 7"),
        (
            {"view": "orders", "feature": ["x"]},
            "feature: expected one of features, join_keys, package, prefix, view, got 'feature'",
        ),
        ({"features": ["x"]}, "view: expected the name of a feature view, got none"),
        ({"view": None}, "view: expected the name of a feature view, got none"),
        (
            {"view": "orders", "features": "orders_count_7d"},
            "features: expected a list of column names, got 'orders_count_7d'",
        ),
        ({"view": "orders", "features": [], "prefix": "p_"}, "features: expected at least one feature, got none"),
        (
            {"view": "orders", "join_keys": {"customer": "c"}},
            "expected the name of a join key of orders, got 'customer'",
        ),
        ({"view": "orders", "join_keys": {"customer_id": 1}}, "join_keys.customer_id: expected a column of the spine, got 1"),
        ({"view": "orders", "package": "other"}, "expected the name of a feature view, got 'orders'"),
    ],
)  # fmt: skip
def test_a_wrong_item_is_named_by_its_position(declared, item, line):
    declared.view()
    declared.training_set([item])
    (found,) = declared.findings()
    assert found in (f"{LIST}[0]: {line}", f"{LIST}[0].{line}")


def test_an_unknown_view_comes_with_the_nearest(declared):
    declared.view()
    declared.training_set(["ordrs:*"])
    declared.findings()
    assert declared.hints() == ["Did you mean 'orders'?"]


@pytest.mark.parametrize("features", [[], "orders:*", None])
def test_the_list_is_a_non_empty_list(declared, features):
    declared.view()
    declared.training_set(features)
    assert declared.findings() == [
        f"{LIST}: expected a non-empty list of features, got {'none' if features is None else repr(features)}"
    ]


def test_two_features_of_one_output_name_are_both_named_and_a_prefix_is_offered(declared):
    declared.view()
    declared.view("visits")
    declared.training_set(
        ["orders:orders_count_7d", "visits:orders_count_7d"], parents=("model.shop.orders", "model.shop.visits")
    )
    assert declared.findings() == [
        HERE + "features: expected different output columns, got 'orders_count_7d' "
        "of both orders:orders_count_7d and visits:orders_count_7d"
    ]
    assert declared.hints() == [
        "Give one of the two a prefix: {view: visits, features: [orders_count_7d], prefix: visits__}."
    ]


def test_a_view_that_is_no_parent_is_to_be_referred_to(declared):
    declared.view()
    declared.training_set(["orders:*"], parents=("model.shop.spine",))
    assert declared.findings() == [
        f"{LIST}[0]: expected a feature view that depends_on names, got 'orders'",
    ]
    assert declared.hints() == ["Add ref('orders') to what it depends on."]


def test_a_call_level_join_key_of_no_view_is_refused(declared):
    declared.view()
    declared.training_set(["orders:*"], join_keys={"costumer_id": "c"})
    assert declared.findings() == [
        HERE + "config.meta.training_set.join_keys.costumer_id: "
        "expected a join key of a view in the list, got 'costumer_id'"
    ]


def test_an_unpinned_reference_means_the_latest_version_among_the_parents(declared):
    for version in (1, 2):
        node = declared.view()
        node.update(unique_id=f"model.shop.orders.v{version}", version=version, latest_version=2)
        declared.nodes[node["unique_id"]] = node
    del declared.nodes["model.shop.orders"]
    declared.training_set(
        ["orders:orders_count_7d", {"view": "orders@v1", "features": ["n_raw_rows"]}],
        parents=("model.shop.orders.v1", "model.shop.orders.v2"),
    )
    assert [reference for reference, _, _ in outputs(declared.registry())] == [
        "orders@v2:orders_count_7d",
        "orders@v1:n_raw_rows",
    ]


def test_a_package_chooses_between_views_of_one_name(declared):
    other = declared.view(online=False)
    other.update(unique_id="model.other.orders", package_name="other", version=1, latest_version=1)
    declared.nodes["model.other.orders"] = other
    declared.view()
    parents = ("model.other.orders", "model.shop.orders")
    declared.training_set([{"view": "orders", "package": "shop", "features": ["n_raw_rows"]}], parents=parents)
    assert outputs(declared.registry())[0][0] == "orders:n_raw_rows"
    declared.training_set(["orders:*"], parents=parents)
    assert declared.findings() == [f"{LIST}[0]: expected the name of a single feature view, got 'orders'"]


def test_the_errors_of_a_view_are_not_repeated_by_its_training_sets_and_services(declared):
    declared.view(entity=None)
    declared.training_set(["orders:*"])
    declared.service({})
    assert declared.findings() == [
        "error: models/orders.yml: orders: config.meta.feature_view.entity: expected the entity's name, got none"
    ]


def test_the_event_timestamp_is_required(declared):
    declared.view()
    declared.training_set(["orders:*"], event_timestamp=None)
    assert declared.findings() == [
        HERE + "config.meta.training_set.event_timestamp: expected a column of the spine, got none"
    ]


def test_a_version_that_repeats_only_half_a_block_is_told_that_dbt_merges_shallowly(declared):
    declared.view(entity=None).update(version=2, latest_version=2)
    declared.findings()
    assert declared.hints() == [
        "dbt merges meta shallowly: a version that sets `feature_view` repeats the block whole."
    ]


def test_a_training_set_with_a_broken_view_is_no_part_of_the_registry_even_when_other_views_are_well(declared):
    declared.view()
    declared.view("visits", entity=None)
    declared.training_set(["orders:n_raw_rows", "visits:*"], parents=("model.shop.orders", "model.shop.visits"))
    declared.service({})
    registry, findings = inspect(declared.manifest())
    assert [finding.node for finding in findings] == ["visits"]
    assert (registry.training_sets, registry.services) == ((), ())


def test_a_feature_named_as_a_key_or_time_that_the_spine_must_have_clashes_with_it(two_views):
    two_views.training_set(
        ["orders:orders_count_7d", {"view": "congestion", "join_keys": {"airport": "delay"}}],
        event_timestamp="orders_count_7d",
        parents=PARENTS,
    )
    clash = HERE + "features: expected output columns that the spine does not have, got "
    assert two_views.findings() == [
        clash + "'orders_count_7d' of orders:orders_count_7d",
        clash + "'delay' of congestion:delay",
    ]


def test_a_feature_may_have_the_name_of_a_key_that_is_mapped_to_another_column(declared):
    declared.view()
    columns = FLIGHT_COLUMNS | {"port": "bigint"}
    declared.view("congestion", columns=columns, config={"event_time": "hour"}, entity="airport", join_keys=["airport"])
    item = {"view": "congestion", "features": ["port"], "prefix": "air"}
    declared.training_set([{**item, "join_keys": {"airport": "origin"}}], parents=PARENTS)
    assert declared.findings() == []

    declared.training_set([item], parents=PARENTS)
    assert declared.findings() == [
        HERE + "features: expected output columns that the spine does not have, got 'airport' of congestion:port"
    ]
