"""--select and --exclude: names, versions, tags and entities, as dbt's users write them."""

from __future__ import annotations

import pytest

from featurectl.errors import UnknownNameError
from featurectl.selection.views import select_views


@pytest.fixture
def views(make_view):
    return [
        make_view("orders", version=1, is_latest=False),
        make_view("orders", version=2, tags=("daily",)),
        make_view("planes", entity="plane", tags=("daily", "slow")),
        make_view("routes", entity="route"),
    ]


@pytest.mark.parametrize(
    ("select", "exclude", "expected"),
    [
        ([], [], "orders@v1 orders@v2 planes routes"),
        (["orders"], [], "orders@v1 orders@v2"),
        (["orders@v2"], [], "orders@v2"),
        (["tag:daily"], [], "orders@v2 planes"),
        (["entity:plane"], [], "planes"),
        (["routes planes"], [], "planes routes"),
        (["routes", "planes", "planes"], [], "planes routes"),
        ([], ["orders"], "planes routes"),
        (["tag:daily"], ["tag:slow"], "orders@v2"),
        (["planes"], ["planes"], ""),
        ([""], ["  "], ""),
    ],
)
def test_a_selection_is_a_union_less_the_excluded_in_the_registrys_order(views, select, exclude, expected):
    assert [view.reference_name for view in select_views(views, select, exclude)] == expected.split()


@pytest.mark.parametrize(
    ("selector", "hint"),
    [
        ("order", "Did you mean 'orders'"),
        ("orders@v3", "Did you mean 'orders@v2' or 'orders@v1'"),
        ("tag:dayly", "Did you mean 'tag:daily'"),
        ("entity:plan", "Did you mean 'entity:plane'"),
    ],
)
@pytest.mark.parametrize("where", ["select", "exclude"])
def test_a_selector_that_means_nothing_is_an_error_with_the_nearest(views, selector, hint, where):
    with pytest.raises(UnknownNameError) as caught:
        select_views(views, **{"select": [], "exclude": [], where: [selector]})
    assert selector in str(caught.value)
    assert hint in caught.value.hint


def test_without_views_there_is_nothing_to_mean():
    assert select_views([], [], []) == []
    with pytest.raises(UnknownNameError) as caught:
        select_views([], ["orders"], [])
    assert caught.value.hint == "There is none in this project."
