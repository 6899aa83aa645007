"""Claims about `featurectl describe`."""

from __future__ import annotations

import ast
import json
import shutil

import pytest
import sqlglot
import yaml

from featurectl.cli.training_snippets import one_row
from featurectl.registry import Column


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
        ("stock_levels:*", "feature view"),
        ("churn_training", "training set"),
        ("churn_model", "feature service"),
        ("shelf", "entity"),
    ],
)
def test_each_kind_of_thing_is_described_for_people_and_machines(run, name, kind):
    described = json.loads(run("describe", name, "--json").stdout)
    assert (described["type"], described["name"]) == (kind, name.removesuffix(":*"))
    assert run("describe", name).stdout.startswith(f"{kind} {name.removesuffix(':*')}\n")
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


def copy_of(shop, folder, change=None):
    """The parsed shop in another folder, its manifest changed."""
    shutil.copytree(shop, folder)
    path = folder / "target" / "manifest.json"
    manifest = json.loads(path.read_text())
    if change:
        change(manifest)
    path.write_text(json.dumps(manifest))
    return folder


def test_sources_are_columns_found_in_the_compiled_sql(run, shop, tmp_path):
    def compile_view(manifest):
        manifest["nodes"]["model.shop.customer_orders.v2"]["compiled_code"] = (
            "select customer_id, ordered_at, ordered_at as loaded_at, false as is_deleted, count(order_id) as orders_count_7d, "
            'avg(amount) as orders_amount_avg_7d, count(*) as n_raw_rows from "shop"."main"."orders" group by 1, 2'
        )
        manifest["nodes"]["model.shop.orders"]["compiled_code"] = "select 1 as order_id, 2 as amount, 3 as customer_id"

    folder = copy_of(shop, tmp_path / "compiled", compile_view)
    described = json.loads(run("describe", "customer_orders", "--json", folder=folder).stdout)
    assert described["made_from"] == ["orders"]
    assert described["sources_problem"] is None
    feature = json.loads(run("describe", "customer_orders:orders_amount_avg_7d", "--json", folder=folder).stdout)
    assert feature["sources"] == described["features"][1]["sources"]


def test_without_compiled_sql_the_page_says_why_there_are_no_sources(run):
    described = json.loads(run("describe", "customer_orders", "--json").stdout)
    assert described["sources_problem"] == "no compiled SQL in the manifest: run `dbt compile`"
    assert [feature["sources"] for feature in described["features"]] == [[], []]


def test_the_newest_build_is_that_of_dbts_last_command(run, shop, tmp_path):
    folder = copy_of(shop, tmp_path / "built")
    timing = [
        {"name": "compile", "completed_at": "2026-01-02T00:00:01Z"},
        {"name": "execute", "completed_at": "2026-01-02T00:00:03Z"},
    ]
    results = [{"unique_id": "model.shop.stock_levels", "status": "success", "timing": timing}]
    (folder / "target" / "run_results.json").write_text(json.dumps({"results": results}))
    described = json.loads(run("describe", "stock_levels:units_in_stock", "--json", folder=folder).stdout)
    assert (described["built_at"], described["build_status"]) == ("2026-01-02T00:00:03Z", "success")
    assert (
        "  built at         2026-01-02T00:00:03Z" in run("describe", "stock_levels", folder=folder).stdout.splitlines()
    )
    assert json.loads(run("describe", "customer_orders", "--json", folder=folder).stdout)["built_at"] is None
    (folder / "target" / "run_results.json").write_text("{")
    assert run("describe", "stock_levels", folder=folder).exit_code == 0


def test_an_example_without_a_warehouse_says_why_there_is_none(run):
    result = run("describe", "stock_levels:units_in_stock", "--example", "--json")
    assert result.exit_code == 0
    described = json.loads(result.stdout)
    assert "shop.duckdb: expected the DuckDB file of the warehouse, got none" in described["example_problem"]
    assert "example" not in described


def test_the_look_up_sets_what_from_env_reads_unless_it_is_set(run, monkeypatch, shop):
    for name in ("FEATURECTL_ONLINE_STORE", "FEATURECTL_NAMESPACE"):
        monkeypatch.delenv(name, raising=False)
    python = json.loads(run("describe", "stock_levels", "--json").stdout)["python"]
    assert f'os.environ.setdefault("FEATURECTL_ONLINE_STORE", "sqlite://{shop}/.featurectl/online.db")' in python
    assert 'os.environ.setdefault("FEATURECTL_NAMESPACE", "shop:dev")' in python
    monkeypatch.setenv("FEATURECTL_ONLINE_STORE", "redis://user:secret@store:6379/0")
    monkeypatch.setenv("FEATURECTL_NAMESPACE", "shop:prod")
    python = json.loads(run("describe", "stock_levels", "--json").stdout)["python"]
    assert "# from_env() reads FEATURECTL_ONLINE_STORE and FEATURECTL_NAMESPACE." in python
    assert "os" not in python.split()
    assert "secret" not in python


def test_a_training_set_to_copy_takes_private_features_in_their_groups_name(run, shop, tmp_path):
    """And has one row of made-up keys, each of its column's type."""

    def hide(manifest):
        manifest["nodes"]["model.shop.stock_levels"]["access"] = "private"
        manifest["nodes"]["model.shop.stock_levels"]["config"]["group"] = "growth"
        manifest["nodes"]["model.shop.stock_levels"]["group"] = "growth"
        manifest["exposures"] = {}
        del manifest["nodes"]["model.shop.churn_training"]

    folder = copy_of(shop, tmp_path / "private", hide)
    described = json.loads(run("describe", "stock_levels", "--json", folder=folder).stdout)
    ast.parse(described["training_python"])
    assert '    group="growth",' in described["training_python"].splitlines()
    row = (
        "select cast('...' as varchar) as store, cast(1 as bigint) as product_id, current_timestamp as event_timestamp"
    )
    assert f'    spine="{row}",' in described["training_python"].splitlines()
    assert f"    {row}  -- your labels, with these columns" in described["training_sql"].splitlines()
    assert "group" not in json.loads(run("describe", "stock_levels", "--json").stdout)["training_python"]


def test_a_services_training_set_to_copy_has_the_spine_of_its_own(run):
    """Its keys by their names there; a service without a training set has one row."""
    python = json.loads(run("describe", "churn_model", "--json").stdout)["training_python"]
    spine = "select customer_id, home_store, product_id, asked_at from {{ ref('churn_training') }} limit 10"
    assert f'spine="{spine}"' in python
    assert 'features="churn_model"' in python
    python = json.loads(run("describe", "reorder_model", "--json").stdout)["training_python"]
    assert 'spine="select cast(' in python


@pytest.mark.parametrize(
    ("value", "data_type", "expected"),
    [
        ("O'Hara", "varchar", "'O''Hara'"),
        (True, "boolean", "true"),
        (-7, "bigint", "-7"),
        ("{{ run_query('drop table x') }}", "varchar", "'...'"),
        (None, "uuid", "'00000000-0000-0000-0000-000000000000'"),
    ],
)
def test_an_examples_keys_are_sql_that_says_them_and_no_jinja(value, data_type, expected):
    spine = one_row({"k": Column("k", data_type)}, {"k": value}, "duckdb")
    assert spine.sql == f"select cast({expected} as {data_type}) as k, current_timestamp as event_timestamp"


def test_names_that_sql_would_misread_are_quoted(run, shop, tmp_path):
    def rename(manifest):
        node = manifest["nodes"]["model.shop.stock_levels"]
        node["columns"]["units_in_stock"]["name"] = "Order"
        node["alias"] = "stock levels"
        manifest["exposures"] = {}
        del manifest["nodes"]["model.shop.churn_training"]

    folder = copy_of(shop, tmp_path / "odd", rename)
    sql = json.loads(run("describe", "stock_levels", "--json", folder=folder).stdout)["sql"]
    assert '"Order"' in sql
    assert 'from shop.main."stock levels"' in sql
    assert "    store," in sql
