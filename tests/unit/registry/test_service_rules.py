"""Claims about feature services: where their list comes from, and what keeps it from moving."""

from __future__ import annotations

import pytest

HERE = "error: models/services.yml: service: "


@pytest.fixture
def trained(declared):
    declared.view()
    declared.training_set(["orders:orders_count_7d"])
    return declared


@pytest.mark.parametrize("block", [{}, None])
def test_an_empty_block_takes_the_features_of_the_one_training_set(trained, block):
    trained.service(block)
    (service,) = trained.registry().services
    assert [feature.reference for feature in service.features] == ["orders:orders_count_7d"]
    assert service.training_set == "training"


def test_without_a_training_set_there_is_nothing_to_serve(trained):
    trained.service({}, parents=("model.shop.orders",))
    assert trained.findings() == [HERE + "depends_on: expected exactly one training set, got none"]


def test_two_training_sets_are_one_too_many(trained):
    trained.training_set(["orders:n_raw_rows"], name="second")
    trained.service({}, parents=("model.shop.training", "model.shop.second"))
    assert trained.findings() == [HERE + "depends_on: expected exactly one training set, got training, second"]


def test_an_explicit_list_names_views_it_depends_on(trained):
    trained.service({"features": ["orders:n_raw_rows"]}, parents=("model.shop.training",))
    assert trained.findings() == [
        HERE + "config.meta.feature_service.features[0]: "
        "expected a feature view that depends_on names, got 'orders'"
    ]  # fmt: skip
    trained.service({"features": ["orders:n_raw_rows"]}, parents=("model.shop.orders",))
    (service,) = trained.registry().services
    assert (service.training_set, service.features[0].reference) == (None, "orders:n_raw_rows")


def test_only_an_exposure_of_type_ml_is_a_service(trained):
    trained.service({}, type="dashboard")
    assert trained.findings() == [HERE + "type: expected 'ml', got 'dashboard'"]


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ({"feature": []}, "config.meta.feature_service.feature: expected one of features, got 'feature'"),
        (["orders:*"], "config.meta.feature_service: expected a mapping, got ['orders:*']"),
        ({"features": []}, "config.meta.feature_service.features: expected a non-empty list of features, got []"),
    ],
)
def test_a_wrong_block_is_named(trained, block, line):
    trained.service(block)
    assert trained.findings() == [HERE + line]


def test_the_block_above_config_is_to_be_moved(trained):
    trained.service({}, config={}, meta={"feature_service": {}})
    assert trained.findings() == [HERE + "meta.feature_service: expected the block under config.meta, got it above"]


def test_an_incremental_training_set_behind_a_service_must_fail_on_a_schema_change(declared):
    declared.view()
    incremental = {"materialized": "incremental", "on_schema_change": "ignore"}
    node = declared.training_set(["orders:orders_count_7d"])
    node["config"].update(incremental)
    assert declared.findings() == []
    declared.service({})
    assert declared.findings() == [
        (
            "error: models/training.yml: training: config.on_schema_change: "
            "expected 'fail' for an incremental training set behind the service 'service', got 'ignore'"
        )
    ]
    node["config"]["on_schema_change"] = "fail"
    assert declared.findings() == []


def test_a_star_behind_a_service_is_warned_of_once_and_without_a_service_never(declared):
    declared.view()
    declared.training_set(["orders:*"])
    assert declared.findings() == []
    declared.service({}, name="one")
    declared.service({}, name="two")
    assert declared.findings() == [
        (
            "warning: models/training.yml: training: config.meta.training_set.features[0]: "
            "expected features by name behind a service, got all of 'orders'"
        )
    ]


def test_a_training_set_that_knows_more_than_a_look_up_is_warned_of_behind_a_service(declared):
    """Online the created timestamp always cuts off: the model would train on rows that it is not served."""
    declared.view(created_timestamp="loaded_at")
    declared.training_set(["orders:orders_count_7d"], known_at_cutoff=False)
    assert declared.findings() == []
    declared.service({}, name="one")
    declared.service({}, name="two")
    assert declared.findings() == [
        (
            "warning: models/training.yml: training: config.meta.training_set.known_at_cutoff: expected true behind "
            "the service 'one', got False, and rows with a created timestamp in orders"
        )
    ]


def test_without_a_created_timestamp_the_cut_off_changes_nothing(declared):
    declared.view()
    declared.training_set(["orders:orders_count_7d"], known_at_cutoff=False)
    declared.service({})
    assert declared.findings() == []


def test_an_exposure_without_the_block_is_none_of_our_business(declared):
    exposure = declared.service({}, type="dashboard")
    exposure["config"] = {"meta": {"else": 1}}
    assert declared.registry().services == ()
