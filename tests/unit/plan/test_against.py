"""The other manifest: a file, a folder, or a git ref that has one committed; all without dbt."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from featurectl.build import read_registry
from featurectl.cli import main
from featurectl.errors import ProjectError
from featurectl.manifest import read_manifest
from featurectl.plan.against import plan_against
from featurectl.plan.changes import Breaking, Movement
from featurectl.plan.code import source_code
from featurectl.plan.parse import DbtParse

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SCHEMA = "https://schemas.getdbt.com/dbt/manifest/v12.json"


def manifest(*views, entity="customer", checksum="a"):
    """Of a project whose views have one feature each, made from one staging model."""
    nodes = {
        f"model.shop.{name}": {
            "unique_id": f"model.shop.{name}", "name": name, "resource_type": "model", "package_name": "shop",
            "original_file_path": f"models/{name}.sql", "schema": "main", "language": "sql",
            "config": {
                "materialized": "table", "event_time": "t", "contract": {"enforced": True},
                "meta": {"feature_view": {"entity": entity, "join_keys": ["id"]}},
            },
            "columns": {c: {"name": c, "data_type": kind} for c, kind in (("id", "bigint"), ("t", "timestamp"), ("x", "double"))},
            "checksum": {"name": "sha256", "checksum": "same"},
            "depends_on": {"nodes": ["model.shop.staging", "source.shop.raw"]},
        }
        for name in views
    }  # fmt: skip
    staging = {"unique_id": "model.shop.staging", "name": "staging", "resource_type": "model", "package_name": "shop"}
    staging |= {"original_file_path": "models/staging.sql", "checksum": {"name": "sha256", "checksum": checksum}}
    metadata = {"dbt_schema_version": SCHEMA, "project_name": "shop", "adapter_type": "duckdb"}
    return json.dumps({"metadata": metadata, "nodes": nodes | {"model.shop.staging": staging}})


@pytest.fixture
def project(tmp_path):
    """A project in a folder of a repository; `main` has one view and its manifest, the working tree two."""
    top = tmp_path / "repository"
    folder = top / "dbt" / "shop"
    write(folder / "target" / "manifest.json", manifest("orders"))
    git(top, "init", "-q", "-b", "main")
    commit(top)
    (folder / "dbt_project.yml").write_text("name: shop\n")
    write(folder / "target" / "manifest.json", manifest("orders", "planes", checksum="b"))
    return folder


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def git(folder, *arguments):
    program = shutil.which("git")
    assert program, "expected git on the PATH, got none"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        [program, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env=kept | {"GIT_CONFIG_GLOBAL": os.devnull},
    )
    return done.stdout


def commit(folder):
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-qm", "one")


def plan(project, given):
    path = project / "target" / "manifest.json"
    return plan_against(read_registry(read_manifest(path)), path, given, DbtParse(project), NOW)


def found(plan):
    return [(change.action, change.name, [detail.path for detail in change.details]) for change in plan.changes]


EXPECTED = [("changed", "orders", ["sql"]), ("added", "planes", ["features.x"])]


def test_a_file_a_folder_and_a_commit_with_a_manifest_are_the_same_to_compare_with(project, tmp_path):
    write(tmp_path / "state" / "manifest.json", manifest("orders"))
    for given in (str(tmp_path / "state" / "manifest.json"), str(tmp_path / "state"), "main", "HEAD"):
        assert found(plan(project, given)) == EXPECTED, given
    assert plan(project, "main").against == f"main ({git(project, 'rev-parse', 'HEAD')[:7]})"


def test_a_selection_leaves_the_other_views_out(project, monkeypatch):
    """In dbt's own syntax; an unknown name is an error, and only what is shown counts for the exit code."""

    def names(*arguments):
        monkeypatch.chdir(project)
        result = CliRunner().invoke(main, ["plan", "--against", "main", "--json", *arguments])
        return result.exit_code, [
            change["name"] for change in json.loads(result.stdout or '{"changes": []}')["changes"]
        ]

    assert names() == (2, ["orders", "planes"])
    assert names("--select", "planes") == (2, ["planes"])
    assert names("--exclude", "planes") == (2, ["orders"])
    assert names("--select", "staging+", "--exclude", "orders planes") == (0, [])
    assert names("--select", "plane") == (5, [])


def test_a_change_of_sql_names_the_models_that_a_view_is_made_from(project):
    """`state:modified+`, told by the view."""
    assert plan(project, "main").changes[0].details[0].after == ["staging"]


def test_a_view_that_the_other_side_declares_wrongly_is_left_out_with_a_warning(project, tmp_path):
    """Rules grow stricter; an old commit must not make a plan impossible."""
    write(tmp_path / "manifest.json", manifest("orders", entity=7))
    made = plan(project, str(tmp_path / "manifest.json"))
    assert [change.action for change in made.changes] == ["added", "added"]
    assert ": 1 error in its metadata; what" in made.warnings[0]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("mian", r"--against: expected a manifest\.json or a git ref, got 'mian'"),
        ("--output=x", r"--against: expected a manifest\.json or a git ref, got '--output=x'"),
        ("", r"--against: expected a manifest\.json or a git ref, got ''"),
    ],
)
def test_what_is_neither_is_said(project, given, message):
    with pytest.raises(ProjectError, match=message) as caught:
        plan(project, given)
    assert "fetch it first" in caught.value.hint


def test_without_a_repository_a_ref_cannot_be_meant(tmp_path):
    write(tmp_path / "target" / "manifest.json", manifest("orders"))
    with pytest.raises(ProjectError, match="got 'main' without a repository"):
        plan(tmp_path, "main")


def test_a_commit_without_the_project_is_said(project):
    """Neither a manifest nor a dbt_project.yml at the project's place."""
    git(project, "rm", "-q", "--cached", "-r", ".")
    (project.parents[1] / "README").write_text("nothing yet")
    git(project.parents[1], "add", "README")
    git(project, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-qm", "two")
    with pytest.raises(
        ProjectError, match=r"--against HEAD: expected dbt/shop/dbt_project\.yml in that commit, got none"
    ):
        plan(project, "HEAD")


def test_the_command_prints_what_was_asked_for_and_exits_by_the_worst_change(project):
    run = lambda *more: CliRunner().invoke(main, ["plan", "--project-dir", str(project), "--against", "main", *more])  # noqa: E731
    as_json = json.loads(run("--json").stdout)
    assert as_json["summary"] == {"added": 1, "changed": 1, "removed": 0, "breaking": 0}
    assert (as_json["exit_code"], run("--json").exit_code) == (2, 2)
    assert as_json["changes"][1]["details"] == [
        {"path": "features.x", "action": "added", "before": None, "after": "float64", "breaking": None}
    ]
    assert as_json["movements"] is None
    assert run().stdout.startswith("~ view orders\n    ~ sql of staging\n+ view planes\n")
    assert run("--markdown").stdout.startswith("<!-- featurectl plan -->")
    assert run("--markdown", "--json").exit_code == 2
    assert run("--markdown", "--json").stdout == ""


def test_source_code_follows_the_parents_and_stops_at_sources(project):
    assert source_code(Path(project / "target" / "manifest.json"))["model.shop.orders"] == {
        "orders": "same",
        "staging": "b",
    }


def test_every_key_of_the_json_is_documented(project):
    """docs/plan.md, section JSON."""
    page = (Path(__file__).resolve().parents[3] / "docs" / "plan.md").read_text().partition("## JSON")[2]
    result = CliRunner().invoke(main, ["plan", "--project-dir", str(project), "--against", "main", "--json"])
    made = json.loads(result.stdout)
    keys = {*made, *made["summary"], *made["changes"][0], *made["changes"][0]["details"][0]}
    keys |= {field.name for kind in (Breaking, Movement) for field in fields(kind)}
    assert {key for key in keys if f"`{key}`" not in page and f"`{key}[]`" not in page} == set()
