"""Claims about `featurectl check`."""

from __future__ import annotations

import json
import shutil


def test_warnings_alone_exit_0(run):
    result = run("check")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == (
        "warning: models/shop.yml: churn_training: config.meta.training_set.features[0]: "
        "expected features by name behind a service, got all of 'customer_orders@v2'"
    )
    assert result.stderr == "0 errors, 2 warnings; well declared: 3 views, 1 training set, 2 services\n"


def test_an_error_exits_1_and_is_printed_with_its_place(run, broken):
    result = run("check", folder=broken)
    assert result.exit_code == 1
    assert (
        "error: models/shop.yml: stock_levels: config.meta.feature_view.entity: expected the entity's name, got none"
    ) in result.stdout.splitlines()


def test_json_holds_every_part_of_a_finding(run, broken):
    result = run("check", "--json", folder=broken)
    assert result.exit_code == 1
    (error,) = [finding for finding in json.loads(result.stdout) if finding["severity"] == "error"]
    assert error == {
        "rule": "required",
        "severity": "error",
        "node": "stock_levels",
        "path": "models/shop.yml",
        "message": "config.meta.feature_view.entity: expected the entity's name, got none",
        "hint": None,
        "line": None,
        "sql": None,
        "unique_id": "model.shop.stock_levels",
        "accepted": None,
    }


def test_after_dbt_docs_a_feature_that_the_engine_renamed_is_an_error(run, shop, tmp_path):
    folder = tmp_path / "documented"
    shutil.copytree(shop, folder)
    features = "orders_count_7d", "orders_amount_avg_7d_1"
    names = ["customer_id", "orders_amount_avg_7d", *features]
    columns = {name: {"type": "BIGINT", "index": at, "name": name} for at, name in enumerate(names)}
    catalog = {"nodes": {"model.shop.churn_training": {"columns": columns}}}
    (folder / "target" / "catalog.json").write_text(json.dumps(catalog))

    result = run("check", folder=folder)

    assert result.exit_code == 1
    assert (
        "churn_training: built table: expected output columns that the spine churn_labels does not have"
        in result.stdout
    )
