"""What the catalog says of a view."""

from __future__ import annotations

import pytest

from featurectl.errors import MetadataError
from featurectl.online.entries import view_entry
from featurectl.registry import Column
from serving.format.catalog import Published

PUBLISHED = Published("shop", "dev", "2026-01-01T00:00:00Z", "i", "2026-01-01T00:00:01Z")


def test_types_are_canonical_and_in_contract_order(make_view):
    features = (Column("b", "DECIMAL(10,2)"), Column("a", "varchar(20)"), Column("c", "double precision[]"))
    entry = view_entry(make_view(features=features, ttl_seconds=60, owner="sales"), PUBLISHED)
    assert entry.join_keys == (("customer_id", "int64"),)
    assert entry.features == (("b", "decimal(10,2)"), ("a", "string"), ("c", "list<float64>"))
    assert (entry.ttl_seconds, entry.owner, entry.published) == (60, "sales", PUBLISHED)


@pytest.mark.parametrize(
    ("data_type", "default", "carried"),
    [("bigint", 2**63 - 1, 2**63 - 1), ("decimal(10, 2)", 0.5, "0.50"), ("date", "2024-02-29", "2024-02-29"), ("double", 1, 1.0)],
)  # fmt: skip
def test_a_default_is_carried_as_its_column_is(make_view, data_type, default, carried):
    entry = view_entry(make_view(features=(Column("x", data_type),), defaults={"x": default}), PUBLISHED)
    assert entry.defaults == {"x": carried}
    assert type(entry.defaults["x"]) is type(carried)


@pytest.mark.parametrize(("data_type", "default"), [("blob", "text"), ("bigint", 2**63), ("double", float("nan"))])
def test_a_default_that_the_catalog_cannot_carry_is_told_with_its_path(make_view, data_type, default):
    with pytest.raises(MetadataError, match=r"orders: config\.meta\.feature_view\.defaults\.x: expected") as caught:
        view_entry(make_view(features=(Column("x", data_type),), defaults={"x": default}), PUBLISHED)
    assert caught.value.hint.endswith("or leave the default out.")
