"""dbt's selectors over a small graph: two sources, three staging models, four views, a training set, a service."""

from __future__ import annotations

import pytest

from featurectl.build import inspect
from featurectl.errors import ReferenceSyntaxError, UnknownNameError
from featurectl.selection.views import select_views


@pytest.fixture
def select(declared):
    """A function that selects, and gives the names."""
    for table in ("orders", "planes"):
        unique_id = f"source.shop.raw.{table}"
        declared.sources[unique_id] = {
            "unique_id": unique_id, "name": table, "resource_type": "source", "package_name": "shop",
            "original_file_path": "models/sources.yml", "fqn": ["shop", "raw", table],
        }  # fmt: skip

    def staging(name, *parents, folder="staging"):
        declared.model(
            name,
            parents=parents,
            original_file_path=f"models/{folder}/{name}.sql",
            fqn=["shop", folder, name],
            tags=["raw"],
        )

    staging("stg_orders", "source.shop.raw.orders")
    staging("stg_planes", "source.shop.raw.planes")
    staging("int_orders", "model.shop.stg_orders", folder="between")

    def view(name, *parents, tags=(), folder="marts", **changes):
        node = declared.view(name, **changes)
        node["depends_on"]["nodes"] = list(parents)
        node |= {"tags": list(tags), "original_file_path": f"models/{folder}/{name}.sql", "fqn": ["shop", folder, name]}

    view("customer_orders", "model.shop.stg_orders", tags=["daily"])
    view("customer_baskets", "model.shop.int_orders", tags=["daily", "slow"], folder="marts/late")
    view("planes", "model.shop.stg_planes", entity="plane", config={"group": "ops"})
    view("plane_scores", "model.shop.planes", "model.shop.customer_orders", entity="plane")
    declared.training_set(["planes:*"], parents=("model.shop.planes", "model.shop.int_orders"))
    declared.service({})
    manifest = declared.manifest()
    registry, _ = inspect(manifest)

    def select_names(*select, exclude=()):
        return " ".join(view.name for view in select_views(registry.views, select, exclude, manifest))

    return select_names


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("planes", "planes"),
        ("customer_*", "customer_baskets customer_orders"),
        ("*lane*", "plane_scores planes"),
        ("shop.marts.planes", "planes"),
        ("marts.planes", "planes"),
        ("marts", "customer_orders plane_scores planes"),
        ("tag:daily", "customer_baskets customer_orders"),
        ("tag:d*", "customer_baskets customer_orders"),
        ("entity:plane", "plane_scores planes"),
        ("group:ops", "planes"),
        ("owner:ops", "planes"),
        ("path:models/marts", "customer_baskets customer_orders plane_scores planes"),
        ("path:models/marts/late/", "customer_baskets"),
        ("path:models/*/planes.sql", "planes"),
        ("file:planes.sql", "planes"),
        ("package:shop", "customer_baskets customer_orders plane_scores planes"),
        ("resource_type:model", "customer_baskets customer_orders plane_scores planes"),
    ],
)
def test_a_method_names_views_by_what_they_are(select, selector, expected):
    assert select(selector) == expected


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("stg_orders+", "customer_baskets customer_orders plane_scores"),
        ("stg_orders+1", "customer_orders"),
        ("stg_orders+2", "customer_baskets customer_orders plane_scores"),
        ("source:raw+", "customer_baskets customer_orders plane_scores planes"),
        ("source:raw.orders+", "customer_baskets customer_orders plane_scores"),
        ("source:shop.raw.planes+2", "planes"),
        ("path:models/staging+1", "customer_orders planes"),
        ("tag:raw,stg_p*+", ""),
        ("planes+", "plane_scores planes"),
        ("+planes", "planes"),
        ("+plane_scores", "customer_orders plane_scores planes"),
        ("1+plane_scores", "customer_orders plane_scores planes"),
        ("0+plane_scores", "plane_scores"),
        ("+planes+", "plane_scores planes"),
        ("@stg_planes", "customer_orders plane_scores planes"),
        ("@planes", "customer_orders plane_scores planes"),
        ("+training", "planes"),
        ("+exposure:service", "planes"),
        ("+service", "planes"),
        ("1+service", ""),
    ],
)
def test_a_walk_goes_through_models_that_are_no_views(select, selector, expected):
    """Up to what feeds the named, down to what is made of it; a number bounds the steps, `@` adds what the children need."""
    assert select(selector) == expected


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        (["tag:daily,tag:slow"], "customer_baskets"),
        (["tag:daily,stg_orders+1"], "customer_orders"),
        (["tag:daily,entity:plane"], ""),
        (["planes tag:slow"], "customer_baskets planes"),
        (["planes", "tag:slow,tag:daily"], "customer_baskets planes"),
    ],
)
def test_a_comma_is_both_and_a_space_either(select, selectors, expected):
    assert select(*selectors) == expected


def test_what_is_excluded_is_written_the_same_way(select):
    assert select(exclude=["stg_orders+"]) == "planes"
    assert select("entity:plane", exclude=["tag:daily+,entity:plane"]) == "planes"


@pytest.mark.parametrize(
    ("selector", "message", "hint"),
    [
        ("stg_ordrs+", "a feature view to select, got 'stg_ordrs'", "Did you mean 'stg_orders'"),
        ("plane", "got 'plane'", "Did you mean 'planes'"),
        ("xyzzy", "got 'xyzzy'", "There is: customer_baskets, customer_orders, "),
        ("tag:dayly,planes", "got 'tag:dayly'", "Did you mean 'tag:daily'"),
        ("source:raw.order+", "got 'source:raw.order'", "Did you mean 'source:raw.orders'"),
        ("stg_orders", "got 'stg_orders'", "`stg_orders+` selects the views made from it"),
        ("state:modified+", "a selection method, got 'state'", "let dbt select it (`dbt build --select state:modified+`)"),
        ("result:error", "a selection method, got 'result'", "let dbt select it"),
        ("config.materialized:table", "a selection method, got 'config'", "let dbt select it"),
        ("tags:daily", "a selection method, got 'tags'", "Did you mean 'tag'?"),
    ],
)  # fmt: skip
def test_a_selector_that_means_nothing_says_what_to_write(select, selector, message, hint):
    with pytest.raises(UnknownNameError) as caught:
        select(selector)
    assert message in str(caught.value)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("selector", "hint"),
    [
        ("mart_orders", "Did you mean 'marts' or 'customer_orders'?"),
        ("mart_orders+", "Did you mean 'stg_orders' or 'int_orders' or 'orders'?"),
    ],
)
def test_a_name_alone_is_likened_to_views_before_models(select, selector, hint):
    """With a walk a model is as good as a view."""
    with pytest.raises(UnknownNameError) as caught:
        select(selector)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    "selector", ["+", "@planes+", "@+planes", "planes,", ",planes", "a++", "tag:", "tag:a:b", "pl+anes"]
)
def test_what_is_no_selector_is_refused(select, selector):
    with pytest.raises(ReferenceSyntaxError) as caught:
        select(selector)
    assert "expected a selector of dbt's, got" in str(caught.value)
    assert caught.value.hint.startswith("Write a name, `tag:daily`, ")
