"""Claims about `featurectl list`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


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
    heavy = ("dbt", "duckdb", "psycopg", "redis", "sqlglot", "numpy", "pyarrow")
    code = (
        "import sys\nfrom featurectl.cli import main\n"
        f"main(['list', '--project-dir', {str(shop)!r}], standalone_mode=False)\n"
        f"assert not [name for name in {heavy!r} if name in sys.modules]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
