"""Claims about what `featurectl init` says: what to type next, what to add by hand, what it does not take."""

from __future__ import annotations

import json
import shlex

import pytest
from click.testing import CliRunner

from featurectl.cli import main


@pytest.fixture
def init(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["init", *arguments])


def test_what_to_type_next_goes_as_far_as_a_look_up_and_can_be_pasted(init):
    result = init("My Shop-1", "--entity", "visitor", "--yes")
    assert result.exit_code == 0
    said = result.stderr.removeprefix("Next: ").strip()
    steps = said.split(" && ")
    assert steps[-1] == "featurectl get-online visitor_model -e visitor_id=v01"
    assert shlex.split(steps[0]) == ["cd", "My Shop-1"]


def test_postgres_says_what_it_needs_first(init):
    result = init("shop", "--engine", "postgres", "--yes")
    assert result.stderr.startswith(
        "First: install featurectl with [postgres], and set PGHOST, PGUSER, PGPASSWORD, PGDATABASE; profiles.yml reads them.\n"
        "Next: cd shop && dbt deps"
    )


@pytest.mark.parametrize("more", [[], ["--from-feast", "."]])
def test_an_engine_that_is_none_is_wrong_usage(init, more):
    result = init("shop", "--engine", "mysql", *more)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Invalid value for --engine: expected one of duckdb, postgres" in result.stderr


def test_in_a_project_the_line_that_gitignore_lacks_is_printed(init, tmp_path):
    """The online store is a file of the project's; committed, it would bring rows into the repository."""
    (tmp_path / "dbt_project.yml").write_text("name: mine\n")
    (tmp_path / ".gitignore").write_text("target/\n")
    lacking = init()
    assert ".gitignore: add this line, for it is left as it is:\n\n.featurectl/\n" in lacking.stdout
    assert (tmp_path / ".gitignore").read_text() == "target/\n"
    (tmp_path / ".gitignore").write_text("target/\n.featurectl\n")
    assert ".gitignore" not in init().stdout


def test_a_gitignore_of_the_repository_above_counts(init, tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text(".featurectl/\n")
    (tmp_path / "dbt").mkdir()
    (tmp_path / "dbt" / "dbt_project.yml").write_text("name: mine\n")
    monkeypatch.chdir(tmp_path / "dbt")
    assert ".gitignore" not in init().stdout


def test_the_yaml_of_a_model_comes_as_json_too(init, tmp_path):
    (tmp_path / "dbt_project.yml").write_text("name: mine\n")
    columns = {name: {"name": name, "data_type": kind} for name, kind in (("id", "bigint"), ("at", "timestamp"))}
    node = {
        "unique_id": "model.mine.orders", "name": "orders", "resource_type": "model", "package_name": "mine",
        "original_file_path": "models/orders.sql", "columns": columns,
    }  # fmt: skip
    metadata = {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "project_name": "mine"}
    (tmp_path / "target").mkdir()
    manifest = {"metadata": {**metadata, "adapter_type": "duckdb"}, "nodes": {"model.mine.orders": node}}
    (tmp_path / "target" / "manifest.json").write_text(json.dumps(manifest))
    asked = ["--model", "orders", "--join-key", "id"]
    printed = json.loads(init(*asked, "--json").stdout)
    assert (printed["model"], printed["declared_in"]) == ("orders", None)
    assert printed["yaml"].strip() == init(*asked).stdout.strip()
