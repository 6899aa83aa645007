"""Claims about `featurectl check`."""

from __future__ import annotations

import json
import shutil

import pytest


@pytest.fixture
def edited(shop, tmp_path):
    """Copy the parsed shop, and replace one text of its manifest."""

    def edit(old, new):
        folder = tmp_path / "edited"
        shutil.copytree(shop, folder)
        manifest = folder / "target" / "manifest.json"
        text = manifest.read_text()
        assert old in text
        manifest.write_text(text.replace(old, new))
        return folder

    return edit


def findings(result):
    """Of `--json`, by rule."""
    return {finding["rule"]: finding for finding in json.loads(result.stdout)}


def test_warnings_alone_exit_0_unless_told(run):
    result = run("check")
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "models/churn_training.sql:4  warning  moving-list  churn_training\n"
        "    config.meta.training_set.features[0]: expected features by name behind a service, "
        "got all of 'customer_orders@v2'\n"
        "    Hint: A column added to the view changes the service: list the features.\n"
    )
    assert result.stderr.startswith("0 errors, ")
    assert run("check", "--warn-error").exit_code == 1


def test_an_error_exits_1_and_is_printed_with_its_place(run, broken):
    result = run("check", folder=broken)
    assert result.exit_code == 1
    assert (
        "models/shop.yml:45  error    required       stock_levels\n"
        "    config.meta.feature_view.entity: expected the entity's name, got none\n"
    ) in result.stdout


def test_a_blank_line_is_between_files_alone(run):
    *blocks, summary = run("check").output.split("\n\n")
    files = [block.split("  ")[0].rsplit(":", 1)[0] for block in blocks]
    assert files == sorted(set(files))
    assert summary.startswith("0 errors")


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
        "line": 45,
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

    result = run("check", "--json", folder=folder)

    assert result.exit_code == 1
    found = findings(result)["built-name-clash"]
    assert found["node"] == "churn_training"
    assert "expected output columns that the spine churn_labels does not have" in found["message"]


def test_an_accepted_error_passes_and_is_shown_when_asked(run, edited):
    """The rest of the commands never minded it: it is about care, not about what can be read."""
    accept = '"featurectl_accept": {"deprecated": "moves in May"}, "feature_service": {"features"'
    folder = edited('"deprecation_date": null', '"deprecation_date": "2020-01-01T00:00:00+00:00"')
    assert run("check", folder=folder).exit_code == 1
    assert run("list", folder=folder).exit_code == 0

    manifest = folder / "target" / "manifest.json"
    text = manifest.read_text().replace('"feature_service": {"features"', accept)
    manifest.write_text(
        text.replace('"feature_service": {}', '"feature_service": {}, ' + accept.split(", ", maxsplit=1)[0])
    )

    result = run("check", folder=folder)
    assert (result.exit_code, "accepted" in result.stdout) == (0, False)
    assert " accepted; well declared" in result.stderr
    assert "Accepted: moves in May" in run("check", "--show-accepted", folder=folder).stdout
    assert findings(run("check", "--json", folder=folder))["deprecated"]["accepted"] == "moves in May"


def test_as_of_says_which_day_it_is(run, edited):
    folder = edited('"deprecation_date": null', '"deprecation_date": "2020-01-01T00:00:00+00:00"')
    rules = findings(run("check", "--json", "--as-of", "2019-12-31T23:59:59Z", folder=folder))
    assert "deprecation" in rules
    assert "deprecated" not in rules
    assert run("check", "--as-of", "2020-01-01", folder=folder).exit_code == 1


def test_a_selection_limits_what_is_told(run):
    assert {f["node"] for f in json.loads(run("check", "--json", "--select", "stock_levels").stdout)} == {
        "stock_levels",
        "churn_training",
    }
    result = run("check", "--select", "stock_level")
    assert result.exit_code == 5
    assert "'stock_levels'" in result.stderr


def test_a_view_that_cannot_be_read_is_selected_by_its_name(run, broken):
    assert run("check", "--select", "stock_levels", folder=broken).exit_code == 1
    assert run("check", "--select", "customer_orders", folder=broken).exit_code == 0


def test_there_is_no_colour_where_there_is_no_terminal(run):
    assert "\x1b" not in run("check").output


def test_an_acceptance_in_yaml_lives_beside_what_a_macro_records(run):
    """Both are keys of `config.meta`: dbt keeps the one of YAML and the one of the model's SQL."""
    assert findings(run("check", "--json"))["unpinned"]["accepted"] == "The model is trained anew with each version."
