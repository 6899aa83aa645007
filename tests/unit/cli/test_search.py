"""Claims about `featurectl search`."""

from __future__ import annotations

import json


def test_results_are_a_table_the_best_first(run):
    result = run("search", "customer", "orders")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["TYPE", "NAME", "MATCHED", "DESCRIPTION"]
    assert lines[1].split()[:3] == ["view", "customer_orders@v1", "name"]


def test_json_says_type_name_places_and_score(run):
    rows = json.loads(run("search", "shelf", "--json").stdout)
    assert rows[0]["name"] == "shelf"
    assert (rows[0]["type"], rows[0]["matched"]) == ("entity", ["name"])
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert {"stock_levels", "stock_levels:units_in_stock"} <= {row["name"] for row in rows}


def test_every_name_found_can_be_described(run):
    rows = json.loads(run("search", "customer stock churn", "--limit", "100", "--json").stdout)
    rows += json.loads(run("search", "customer", "--limit", "100", "--json").stdout)
    assert {row["type"] for row in rows} >= {"view", "feature", "entity"}
    for row in rows:
        assert run("describe", row["name"]).exit_code == 0


def test_a_limit_says_how_many_more_there_are(run):
    result = run("search", "customer", "--limit", "2")
    assert len(result.stdout.splitlines()) == 3
    assert result.stderr == "6 more: --limit 8 shows all.\n"


def test_types_narrow_the_search(run):
    rows = json.loads(run("search", "churn", "--type", "service", "--json").stdout)
    assert [row["name"] for row in rows] == ["churn_model"]


def test_nothing_found_is_no_error(run):
    result = run("search", "unicorn")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Nothing found for 'unicorn'.\n")
    assert run("search", "unicorn", "--json").stdout == "[]\n"
