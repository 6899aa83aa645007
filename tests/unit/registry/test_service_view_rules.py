"""Claims about the views behind a service: whose they are, and until when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

HERE = "models/services.yml: service: depends_on: "
LIST = "models/services.yml: service: config.meta.feature_service.features: "


@pytest.fixture
def served(declared):
    """A view, a training set and a service; the node of the view."""
    node = declared.view()
    declared.training_set(["orders:orders_count_7d"])
    declared.service({}, owner={"name": "Ada", "email": "ada@example.com"})
    declared.group("growth", name="Growth", email="growth@example.com")
    return node


def test_a_view_that_is_deprecated_by_now_is_an_error_at_the_service(declared, served):
    served["deprecation_date"] = "2026-11-21T12:00:00+00:00"
    line = "expected a view with a future, got 'orders', deprecated since 2026-11-21"
    assert declared.told("deprecated") == ["error: " + HERE + line]
    assert declared.told("deprecation") == []


def test_one_that_will_be_is_a_warning(declared, served):
    served["deprecation_date"] = "2026-11-21T12:00:01"
    line = "expected a view with a future, got 'orders', deprecated from 2026-11-21"
    assert declared.told("deprecation") == ["warning: " + HERE + line]
    assert declared.told("deprecated") == []
    assert declared.told("deprecated", as_of=datetime(2026, 11, 21, 12, 0, 1, tzinfo=UTC)) != []


def test_at_a_training_set_that_nothing_serves_it_is_a_warning(declared, served):
    served["deprecation_date"] = "2020-01-01"
    declared.exposures.clear()
    assert declared.told("deprecated") == []
    assert declared.told("deprecation") == [
        (
            "warning: models/training.sql: training: config.meta.training_set.features: "
            "expected a view with a future, got 'orders', deprecated since 2020-01-01"
        )
    ]


@pytest.mark.parametrize(("latest", "named"), [(2, 2), (3, 3), (1, 3)])
def test_the_hint_names_the_version_to_move_to(declared, latest, named):
    """The latest one, else the newest."""
    for version in (1, 2, 3):
        node = declared.view(f"orders.v{version}", config={"access": "protected"})
        node.update(name="orders", version=version, latest_version=latest)
    declared.nodes["model.shop.orders.v1"]["deprecation_date"] = "2026-12-31"
    declared.service({"features": ["orders@v1:n_raw_rows"]}, parents=["model.shop.orders.v1"])
    (finding,) = [each for each in declared.checked() if each.rule == "deprecation"]
    assert finding.hint == f"Move to `orders@v{named}`."


def test_without_a_later_version_or_an_owner_the_hint_names_neither(declared, served):
    served["deprecation_date"] = "2020-01-01"
    (finding,) = [each for each in declared.checked() if each.rule == "deprecated"]
    assert finding.hint == "Ask whoever maintains it what follows it."


@pytest.mark.parametrize("date", [None, "", "soon"])
def test_without_a_date_a_view_lives_on(declared, served, date):
    served["deprecation_date"] = date
    assert declared.told("deprecated") + declared.told("deprecation") == []


def test_a_private_view_in_a_service_of_another_owner_is_warned_of(declared, served):
    served.update(group="growth", access="private")
    assert declared.told("private-view") == [
        "warning: "
        + HERE
        + "expected a service of the group 'growth', to which 'orders' is private, got the owner 'Ada'"
    ]


@pytest.mark.parametrize(
    "owner", [{"name": "Growth"}, {"name": "Ada", "email": ["ada@example.com", "growth@example.com"]}]
)
def test_a_service_with_the_groups_name_or_address_is_the_groups(declared, served, owner):
    served.update(group="growth", access="private")
    declared.exposures["exposure.shop.service"]["owner"] = owner
    assert declared.told("private-view") == []


def test_a_public_training_set_gives_a_private_view_away(declared, served):
    served.update(group="growth", access="private")
    declared.exposures["exposure.shop.service"]["owner"] = {"name": "Growth"}
    declared.nodes["model.shop.training"]["access"] = "public"
    assert declared.told("private-view") == [
        "warning: " + HERE + "expected a service of the group 'growth', to which 'orders' is private, "
        "got the public training set 'training'"
    ]


def test_a_list_of_its_own_is_judged_alike(declared, served):
    served.update(group="growth", access="private")
    declared.service({"features": ["orders:n_raw_rows"]}, parents=["model.shop.orders"], owner={"name": "Ada"})
    assert declared.told("private-view")[0].startswith("warning: " + LIST)


@pytest.mark.parametrize("access", ["protected", "public"])
def test_any_other_view_is_for_everyone(declared, served, access):
    served.update(group="growth", access=access)
    assert declared.told("private-view") == []
