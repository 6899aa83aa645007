"""A plan against what is served: what is retired, deprecated, or of a newer manifest."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from featurectl.plan.served import plan_served
from serving.format.state import State

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def planned(before, after, only=None):
    return plan_served(after.registry, before.catalog, before.states, "shop:dev", NOW, only)


def test_the_same_manifest_again_is_no_difference(side):
    made = side().view(features=("a bigint", "b decimal(4,1)"), ttl_seconds=5).service("orders:a")
    plan = planned(made, made)
    assert (plan.exit_code, plan.changes, plan.warnings, plan.retired) == (0, (), (), ())


def test_sql_that_a_sync_did_not_know_is_no_change(side):
    """A sync of a manifest that was built in part knows no SQL of the other views: nothing is said of theirs."""
    made = side().view()
    known = State("r", "2026-01-01T00:00:00Z", "0", 1, code_checksum=hashlib.sha256(b"select 2").hexdigest())
    unknown = msgspec.structs.replace(known, code_checksum=hashlib.sha256(b"").hexdigest())
    for state, paths in ((known, ["sql"]), (unknown, [])):
        plan = plan_served(made.registry, made.catalog, {("orders", 0): state}, "shop:dev", NOW)
        assert [detail.path for change in plan.changes for detail in change.details] == paths


def test_what_left_an_earlier_manifest_is_listed_apart(side):
    before = side().view().view("planes").service("planes:orders_7d").retire("planes", "churn_model")
    plan = planned(before, side().view())
    assert (plan.exit_code, plan.retired) == (0, ("view planes", "service churn_model"))


def test_of_selected_views_the_services_come_along_and_still_break(side):
    """Those that use one of them on either side; other views, services, warnings and what is retired stay out."""
    before = side().view(features=("a bigint", "b bigint")).view("planes").view("old").retire("old")
    before.service("orders:a").service("planes:orders_7d", name="gate_model").service("orders:b", name="moved_model")
    after = side().view(features=("b bigint",)).view("planes", deprecation_date="2026-01-01", ttl_seconds=5)
    after.service("orders:b").service("planes:orders_7d", name="gate_model").service(
        "planes:orders_7d", name="moved_model"
    )
    after.service("orders:b", name="new_model")
    plan = planned(before, after, {("orders", 0)})
    assert [change.name for change in plan.changes] == ["orders", "churn_model", "moved_model", "new_model"]
    assert plan.changes[0].details[0].breaking.services == ("churn_model",)
    assert (plan.retired, plan.warnings) == ((), ())
    assert planned(before, after, {("planes", 0)}).changes[0].name == "planes"


def test_what_another_project_serves_in_the_namespace_is_none_of_ours(side):
    before, after = side().view().view("planes"), side().view()
    assert planned(before, after).exit_code == 2
    catalog = before.catalog
    entry = catalog.views["planes", 0]
    foreign = type(entry.published)("other", "dev", "2026-01-01T00:00:00Z", "i", "2026-01-01T00:00:01Z")
    catalog.views["planes", 0] = msgspec.structs.replace(entry, published=foreign)
    assert plan_served(after.registry, catalog, {}, "shop:dev", NOW).exit_code == 0


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("2026-05-31", "is deprecated since 2026-05-31"),
        ("2026-06-01T00:00:00+00:00", "is deprecated since 2026-06-01"),
        ("2026-06-02T00:00:00", "will be deprecated on 2026-06-02"),
        ("some day", "has the deprecation date some day"),
    ],
)
def test_a_deprecated_version_is_warned_of_with_those_who_use_it(side, date, said):
    made = side().view(version=1, deprecation_date=date).view("planes").service("orders@v1:orders_7d")
    made.training_set("orders@v1:orders_7d")
    plan = planned(made, made)
    assert plan.warnings == (f"orders@v1 {said}; used by service churn_model, training set churn_training",)
    assert plan.exit_code == 0, "a warning is no difference"


def test_an_older_manifest_is_told_that_a_sync_would_refuse_it(side):
    made = side().view()
    old = replace(made.registry, generated_at="2025-01-01T00:00:00Z")
    (warning,) = plan_served(old, made.catalog, made.states, "shop:dev", NOW).warnings
    assert "of 2026-01-01T00:00:00Z is online" in warning


def test_an_empty_store_is_told_as_all_added(side):
    plan = plan_served(side().view().service("orders:orders_7d").registry, None, {}, "shop:dev", NOW)
    assert (plan.exit_code, plan.count("added"), plan.count("changed")) == (2, 2, 0)


def test_a_view_that_is_not_to_be_served_is_no_difference(side):
    made = side().view().view("secret", online=False)
    assert planned(made, made).exit_code == 0
