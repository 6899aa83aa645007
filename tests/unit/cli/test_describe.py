"""Claims about `featurectl describe`."""

from __future__ import annotations

import ast
import json

import pytest
import sqlglot
import yaml


def test_a_view_is_a_page_with_its_features_users_and_look_ups(run):
    result = run("describe", "customer_orders")
    assert result.exit_code == 0
    assert result.stdout.startswith("feature view customer_orders@v2\n  What a customer ordered lately.\n")
    for line in (
        "  join keys          customer_id bigint",
        "  ttl                7 days",
        "  owner              growth",
        "  used by            training set churn_training, service churn_model",
        "  orders_count_7d       bigint          Orders in the seven days before.  0",
        "  from shop.main.customer_orders_v2",
    ):
        assert line in result.stdout.splitlines()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("customer_orders@v1", "feature view"),
        ("customer_orders@v1:orders_count_7d", "feature"),
        ("stock_levels:units_in_stock", "feature"),
        ("churn_training", "training set"),
        ("churn_model", "feature service"),
        ("shelf", "entity"),
    ],
)
def test_each_kind_of_thing_is_described_for_people_and_machines(run, name, kind):
    described = json.loads(run("describe", name, "--json").stdout)
    assert (described["type"], described["name"]) == (kind, name)
    assert run("describe", name).stdout.startswith(f"{kind} {name}\n")
    if "python" in described:
        ast.parse(described["python"])
    if "sql" in described:
        sqlglot.parse_one(described["sql"], dialect="duckdb")


def test_a_feature_says_who_uses_exactly_it(run):
    described = json.loads(run("describe", "customer_orders@v1:orders_count_7d", "--json").stdout)
    assert described["used_by"] == ["service reorder_model"]
    assert described["default"] == 0


def test_a_services_look_up_asks_for_the_spines_key_columns(run):
    described = json.loads(run("describe", "churn_model", "--json").stdout)
    assert described["join_keys"] == ["customer_id bigint", "home_store varchar", "product_id bigint"]
    assert 'entity_rows=[{"customer_id": 1, "home_store": "...", "product_id": 1}]' in described["python"]


def test_yaml_prints_a_contract_for_a_training_set(run):
    result = run("describe", "--yaml", "churn_training")
    (model,) = yaml.safe_load(result.stdout)["models"]
    assert (model["name"], model["config"]) == ("churn_training", {"contract": {"enforced": True}})
    assert [(column["name"], column["data_type"]) for column in model["columns"]] == [
        ("orders_count_7d", "bigint"),
        ("orders_amount_avg_7d", "decimal(10, 2)"),
        ("home_units_in_stock", "bigint"),
    ]
    assert "# here the spine's columns" in result.stdout


def test_yaml_takes_the_spines_columns_from_its_own_types(run, shop, tmp_path):
    manifest = json.loads((shop / "target" / "manifest.json").read_text())
    manifest["nodes"]["model.shop.churn_labels"]["columns"] = {"churned": {"name": "churned", "data_type": "boolean"}}
    (tmp_path / "dbt_project.yml").touch()
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").write_text(json.dumps(manifest))
    (model,) = yaml.safe_load(run("describe", "--yaml", "churn_training", folder=tmp_path).stdout)["models"]
    assert model["columns"][0] == {"name": "churned", "data_type": "boolean"}
    assert len(model["columns"]) == 4


@pytest.mark.parametrize(
    ("arguments", "stderr"),
    [
        (
            ["stok_levels"],
            (
                "Error: expected the name of a feature view, training set, service or entity, got 'stok_levels'\n"
                "Hint: Did you mean 'stock_levels'?\n"
            ),
        ),
        (
            ["stock_levels:units"],
            "Error: expected the name of a feature of stock_levels, got 'units'\nHint: There is: units_in_stock.\n",
        ),
        (
            ["customer_orders@v9"],
            (
                "Error: expected the name of a version of a feature view, got 'customer_orders@v9'\n"
                "Hint: Did you mean 'customer_orders@v2' or 'customer_orders@v1'?\n"
            ),
        ),
        (
            ["--yaml", "churn_model"],
            "Error: expected the name of a training set, got 'churn_model'\nHint: There is: churn_training.\n",
        ),
    ],
)
def test_an_unknown_name_exits_5_with_the_nearest(run, arguments, stderr):
    result = run("describe", *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (5, "", stderr)
