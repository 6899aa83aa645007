"""Claims about `featurectl list`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from featurectl.cli.listing import shorter


def test_views_are_an_aligned_table(run):
    result = run("list")
    assert result.exit_code == 0
    assert result.stdout == (
        "NAME                ENTITY    KEYS               TTL     OWNER   FEATURES\n"
        "customer_orders@v1  customer  customer_id        7 days  growth  orders_count_7d, orders_amount_avg_7d\n"
        "customer_orders@v2  customer  customer_id        7 days  growth  orders_count_7d, orders_amount_avg_7d\n"
        "stock_levels        shelf     store, product_id  -       -       units_in_stock\n"
    )


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("view", ["customer_orders@v1", "customer_orders@v2", "stock_levels"]),
        (
            "feature",
            [
                "customer_orders@v1:orders_count_7d",
                "customer_orders@v1:orders_amount_avg_7d",
                "customer_orders@v2:orders_count_7d",
                "customer_orders@v2:orders_amount_avg_7d",
                "stock_levels:units_in_stock",
            ],
        ),
        ("entity", ["customer", "shelf"]),
        ("service", ["churn_model", "reorder_model"]),
        ("training-set", ["churn_training"]),
    ],
)
def test_every_kind_is_listed_for_people_and_machines(run, kind, names):
    as_json = run("list", "--type", kind, "--json")
    assert [row["name"] for row in json.loads(as_json.stdout)] == names
    as_text = run("list", "--type", kind)
    assert [line.split()[0] for line in as_text.stdout.splitlines()[1:]] == names


def test_json_has_seconds_and_lists(run):
    row = json.loads(run("list", "--json").stdout)[2]
    assert row["join_keys"] == ["store", "product_id"]
    assert row["ttl_seconds"] is None
    assert row["online"] is False


def test_a_project_without_features_prints_no_data_and_says_so(run, shop, tmp_path):
    manifest = json.loads((shop / "target" / "manifest.json").read_text())
    (tmp_path / "dbt_project.yml").write_text("name: empty")
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").write_text(json.dumps({**manifest, "nodes": {}, "exposures": {}}))
    result = run("list", folder=tmp_path)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "The project declares no view.\n")
    assert run("list", "--json", folder=tmp_path).stdout == "[]\n"


def test_listing_loads_no_dbt_no_driver_and_no_store(shop):
    heavy = ("dbt", "yaml", "duckdb", "psycopg", "redis", "sqlglot", "numpy", "pyarrow")
    code = (
        "import sys\nfrom featurectl.cli import main\n"
        f"main(['list', '--project-dir', {str(shop)!r}], standalone_mode=False)\n"
        f"assert not [name for name in {heavy!r} if name in sys.modules]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def names(result):
    assert result.exit_code == 0
    return " ".join(row["name"] for row in json.loads(result.stdout))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--entity", "customer"], "customer_orders@v1 customer_orders@v2"),
        (["--entity", "customer", "--entity", "shelf"], "customer_orders@v1 customer_orders@v2 stock_levels"),
        (["--owner", "growth"], "customer_orders@v1 customer_orders@v2"),
        (["--tag", "feature"], "customer_orders@v1 customer_orders@v2"),
        (["--service", "reorder_model"], "customer_orders@v1 stock_levels"),
        (["--service", "reorder_model", "--entity", "shelf"], "stock_levels"),
        (["--online"], "customer_orders@v1 customer_orders@v2"),
        (["--offline"], "stock_levels"),
        (["--select", "orders+"], "customer_orders@v1 customer_orders@v2"),
        (["--select", "orders+", "--service", "churn_model"], "customer_orders@v2"),
        (["--type", "entity", "--offline"], "shelf"),
        (["--type", "service", "--entity", "shelf"], "churn_model reorder_model"),
        (["--type", "service", "--select", "customer_orders@v1"], "reorder_model"),
        (["--type", "service", "--owner", "Ada"], "churn_model"),
        (["--type", "service", "--service", "churn_model"], "churn_model"),
        (["--type", "training-set", "--service", "churn_model"], "churn_training"),
        (["--type", "training-set", "--select", "customer_orders@v1"], ""),
        (["--type", "feature", "--offline"], "stock_levels:units_in_stock"),
        (["--type", "feature", "--service", "reorder_model"],
         "customer_orders@v1:orders_count_7d stock_levels:units_in_stock"),
    ],
)  # fmt: skip
def test_filters_combine(run, arguments, expected):
    assert names(run("list", "--json", *arguments)) == expected


def test_an_entity_keeps_the_views_that_pass(run):
    (row,) = json.loads(run("list", "--type", "entity", "--select", "customer_orders@v1", "--json").stdout)
    assert row["views"] == ["customer_orders@v1"]


def test_features_are_listed_with_their_types(run):
    assert run("list", "--type", "feature", "--select", "customer_orders@v2").stdout.splitlines()[1].split()[:4] == [
        "customer_orders@v2:orders_count_7d", "bigint", "customer", "growth",
    ]  # fmt: skip
    row = json.loads(run("list", "--type", "feature", "--json").stdout)[0]
    assert (row["data_type"], row["view"], row["default"]) == ("bigint", "customer_orders@v1", 0)


def test_nothing_that_passes_is_no_error(run):
    result = run("list", "--entity", "shelf", "--online")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "No view passes the filters.\n")
    result = run("list", "--type", "training-set", "--owner", "growth", "--json")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "[]\n", "No training set passes the filters.\n")


@pytest.mark.parametrize(
    ("option", "name", "kind", "hint"),
    [
        ("--entity", "custmer", "an entity", "Did you mean 'customer'?"),
        ("--owner", "growht", "an owner", "Did you mean 'growth'?"),
        ("--tag", "featur", "a tag", "Did you mean 'feature'?"),
        ("--service", "churn", "a service", "Did you mean 'churn_model'?"),
        ("--select", "stock_level", "a feature view to select", "Did you mean 'stock_levels'?"),
    ],
)
def test_an_unknown_value_exits_5_with_the_nearest(run, option, name, kind, hint):
    result = run("list", option, name)
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.stderr == f"Error: expected the name of {kind}, got {name!r}\nHint: {hint}\n"


@pytest.mark.parametrize(("features", "shown"), [(3, "f0, f1, f2"), (4, "f0, f1, f2, ... (4)")])
def test_of_a_long_list_of_features_three_and_their_number_are_shown(features, shown):
    """A line a model trained on hundreds of features could not be read; --json has them all."""
    assert shorter([f"f{number}" for number in range(features)]) == shown


@pytest.mark.parametrize("words", [("customer_orders", "stock_levels"), ("customer_orders stock_levels",)])
def test_select_takes_several_words_as_dbt_does(run, words):
    """Up to the next option."""

    def listed(*options):
        done = run("list", *options, "--json")
        assert done.exit_code == 0, done.output
        return {row["name"].partition("@")[0] for row in json.loads(done.stdout)}

    assert listed("--select", *words) == listed("-s", *words) == {"customer_orders", "stock_levels"}
