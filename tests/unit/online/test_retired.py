"""What `gc` may collect: entries retired for seven days, but no view that a service which stays asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from featurectl.online.removal import retired
from serving.format.catalog import Catalog, Published, ServiceEntry, ServiceFeature, ViewEntry

NOW = datetime(2026, 6, 8, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)
PUBLISHED = Published("shop", "prod", "2026-06-01T00:00:00Z", "i", "2026-06-01T00:00:00Z")


def view(name, version=0, *, age=None):
    """A view, retired so long ago; None for one that is not."""
    return ViewEntry(
        name, version, True, name, (("k", "int64"),), (("n", "int64"),), "0" * 8, PUBLISHED, retired_at=_ago(age)
    )


def service(name, *uses, age=None):
    """A service of features of (view, version) pairs."""
    features = tuple(ServiceFeature(used, version, "n", f"{used}_{version}") for used, version in uses)
    return ServiceEntry(name, features, PUBLISHED, retired_at=_ago(age))


def _ago(age):
    return None if age is None else (NOW - age).isoformat().replace("+00:00", "Z")


def due(*entries):
    """What is due of a catalog, as its fields."""
    views = {(entry.name, entry.version): entry for entry in entries if isinstance(entry, ViewEntry)}
    services = {entry.name: entry for entry in entries if isinstance(entry, ServiceEntry)}
    return [entry.field for entry in retired(Catalog(1, views, services), NOW)]


@pytest.mark.parametrize(("age", "is_due"), [(WEEK - SECOND, False), (WEEK, True), (WEEK + SECOND, True)])
def test_seven_days_and_not_a_second_less(age, is_due):
    assert due(view("a", age=age), service("s", age=age)) == (["service:s", "view:a@0"] if is_due else [])


def test_what_is_not_retired_is_never_due():
    assert due(view("a"), service("s")) == []


@pytest.mark.parametrize("service_age", [None, timedelta(0), WEEK - SECOND])
def test_a_view_that_a_service_uses_is_not_collected(service_age):
    """However long it is retired itself; a service that was retired just now may be in use, too."""
    used, other = view("a", 2, age=WEEK * 9), view("a", 1, age=WEEK * 9)
    assert due(used, other, service("s", ("a", 2), age=service_age)) == ["view:a@1"]


def test_a_view_goes_with_the_service_that_used_it():
    assert due(view("a", age=WEEK), service("s", ("a", 0), age=WEEK)) == ["service:s", "view:a@0"]
    assert due(view("a", age=WEEK), service("s", ("a", 0), age=WEEK), service("t", ("a", 0))) == ["service:s"]
