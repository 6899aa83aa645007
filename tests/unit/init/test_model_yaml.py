"""The YAML that makes a model a feature view: from the built table's columns, with what had to be guessed marked."""

from __future__ import annotations

import json

import msgspec
import pytest
import yaml

from featurectl.errors import ProjectError, UnknownNameError
from featurectl.init.model_yaml import Wanted, feature_view_yaml
from featurectl.manifest import Manifest

UNIQUE_ID = "model.shop.orders"


@pytest.fixture
def manifest():
    node = {"unique_id": UNIQUE_ID, "name": "orders", "resource_type": "model", "package_name": "shop"}
    node["original_file_path"] = "models/orders.sql"
    metadata = {"dbt_schema_version": "v12", "project_name": "shop"}
    return msgspec.convert({"metadata": metadata, "nodes": {UNIQUE_ID: node}}, Manifest)


def catalog(tmp_path, **columns):
    """catalog.json with the model's columns, in the order given."""
    listed = {
        name: {"name": name, "type": kind, "index": place} for place, (name, kind) in enumerate(columns.items(), 1)
    }
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps({"nodes": {UNIQUE_ID: {"columns": dict(reversed(listed.items()))}}}))
    return path


def test_columns_come_from_the_built_table_in_its_order(manifest, tmp_path):
    """With types, and tests on key and time; the roles that were said carry no comment."""
    path = catalog(tmp_path, order_id="INTEGER", customer_id="VARCHAR", paid_at="TIMESTAMP", amount="DECIMAL(18,3)")

    text = feature_view_yaml(manifest, path, Wanted("orders", "buyer", ("customer_id",), "paid_at"))

    (model,) = yaml.safe_load(text)["models"]
    assert model["config"]["event_time"] == "paid_at"
    assert model["config"]["meta"]["feature_view"] == {"entity": "buyer", "join_keys": ["customer_id"]}
    types = [(column["name"], column["data_type"]) for column in model["columns"]]
    assert types == [
        ("order_id", "integer"),
        ("customer_id", "varchar"),
        ("paid_at", "timestamp"),
        ("amount", "decimal(18,3)"),
    ]
    assert [column["name"] for column in model["columns"] if "data_tests" in column] == ["customer_id", "paid_at"]
    assert "guessed" not in text


@pytest.mark.parametrize(("entity", "key"), [(None, "order_id"), ("customer", "customer_id"), ("seller", "order_id")])
def test_a_guess_is_marked(manifest, tmp_path, entity, key):
    """The key is that of the entity, else the first column that looks like one; the time is the first timestamp."""
    path = catalog(tmp_path, order_id="INTEGER", customer_id="INTEGER", day="DATE", paid_at="TIMESTAMP WITH TIME ZONE")

    text = feature_view_yaml(manifest, path, Wanted("orders", entity))

    assert f"join_keys: [{key}]  # guessed" in text
    assert "event_time: paid_at  # guessed" in text


def test_a_date_is_no_event_time(manifest, tmp_path):
    """It is asked for, with the reason."""
    text = feature_view_yaml(manifest, catalog(tmp_path, order_id="INTEGER", day="DATE"), Wanted("orders"))

    assert "event_time: ...  # TODO: a timestamp; day is a date, the start of its day" in text


def test_without_a_built_table_the_way_to_it_is_told(manifest, tmp_path):
    """Neither catalog nor YAML say the columns."""
    with pytest.raises(ProjectError, match="expected the columns of the built model") as caught:
        feature_view_yaml(manifest, tmp_path / "catalog.json", Wanted("orders"))

    assert "dbt docs generate" in (caught.value.hint or "")


def test_unknown_names_are_told_with_the_nearest(manifest, tmp_path):
    """Of models and of columns."""
    path = catalog(tmp_path, order_id="INTEGER")

    with pytest.raises(UnknownNameError, match="expected the name of a model, got 'order'"):
        feature_view_yaml(manifest, path, Wanted("order"))
    with pytest.raises(UnknownNameError, match="expected the name of a column of orders, got 'orderid'"):
        feature_view_yaml(manifest, path, Wanted("orders", None, ("orderid",)))
