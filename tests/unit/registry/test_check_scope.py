"""Claims about what `check --select` and `--exclude` tell of."""

from __future__ import annotations

import pytest

from featurectl.build import inspect
from featurectl.checking.scope import select_declared
from featurectl.errors import UnknownNameError


@pytest.fixture
def shop(declared):
    """A shop: raw -> orders -> training -> service; stock -> other_training; refunds is of the list of refund_service."""
    declared.model("raw")
    declared.model("labels")
    declared.view()["depends_on"] = {"nodes": ["model.shop.raw"]}
    declared.view("stock", entity="shelf")["tags"] = ["slow"]
    declared.view("refunds")
    declared.training_set(["orders:n_raw_rows"], parents=("model.shop.labels", "model.shop.orders"))
    declared.training_set(["stock:n_raw_rows"], name="other_training", parents=("model.shop.stock",))
    declared.service({})
    declared.service({"features": ["refunds:n_raw_rows"]}, name="refund_service", parents=("model.shop.refunds",))
    return declared


@pytest.mark.parametrize(
    ("select", "exclude", "names"),
    [
        (["orders"], [], "orders raw labels training service"),
        (["training"], [], "orders raw labels training service"),
        (["service"], [], "orders raw labels training service"),
        (["exposure:refund_service"], [], "refunds refund_service"),
        (["entity:shelf"], [], "stock other_training"),
        (["tag:slow refund_service"], [], "stock other_training refunds refund_service"),
        (["orders"], ["training"], "orders raw service"),
        (["orders"], ["orders"], "labels training service"),
        ([], ["orders", "training", "service"], "refunds refund_service stock other_training"),
    ],
)
def test_a_selection_brings_what_uses_it_and_what_feeds_it(shop, select, exclude, names):
    manifest = shop.manifest()
    ids = select_declared(manifest, inspect(manifest)[0], select, exclude)
    assert sorted(each.split(".")[-1] for each in ids) == sorted(names.split())


def test_without_selectors_it_is_everything(shop):
    manifest = shop.manifest()
    assert select_declared(manifest, inspect(manifest)[0], [], []) is None


def test_a_name_that_means_nothing_comes_with_the_nearest(shop):
    manifest = shop.manifest()
    with pytest.raises(UnknownNameError, match="expected the name of a feature view, training set or") as raised:
        select_declared(manifest, inspect(manifest)[0], ["refund_servise"], [])
    assert "'refund_service'" in raised.value.hint


def test_what_cannot_be_read_is_selected_all_the_same(shop):
    """Else nobody could ask for the very view that is broken."""
    shop.view("stock", entity="shelf", ttl="1 day")
    assert [str(each) for each in shop.checked(select=["stock"]) if each.severity == "error"] == [
        "models/stock.yml: stock: config.meta.feature_view.ttl: expected a mapping, got '1 day'"
    ]
    assert [each for each in shop.checked(select=["orders"]) if each.severity == "error"] == []
