"""The example builds without a warning, the same each time, in dbt's clean spelling."""

from __future__ import annotations

import json

# dbt checks keys in YAML for a few adapters only; this lifts the restriction for ours
DBT_CHECKING_KEYS = """
from dbt.jsonschemas import jsonschemas
jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS.add("duckdb")
from dbt.cli.main import cli
cli()
"""


def test_every_model_and_test_of_the_build_succeeds(flights_project):
    """The build ran under --warn-error; every node of it is a success, every test a pass."""
    results = json.loads((flights_project.target_dir / "run_results.json").read_text())["results"]
    statuses = {result["status"] for result in results if not result["unique_id"].startswith("exposure.")}

    assert statuses == {"success", "pass"}


def test_the_yaml_has_no_key_that_dbt_does_not_know(flights_project, tmp_path):
    """With dbt's key check forced on, parsing warns of nothing; a key in the wrong place would fail it."""
    project = flights_project.copy_to(tmp_path)
    strict = ("--warn-error", "parse", "--no-partial-parse", "--show-all-deprecations")
    project.dbt(*strict, program=DBT_CHECKING_KEYS)

    properties = project.project_dir / "models/feature_views/routes.yml"
    properties.write_text(properties.read_text().replace("    config:\n", "    config:\n      entity: route\n", 1))
    refused = project.dbt(*strict, program=DBT_CHECKING_KEYS, check=False)

    assert refused.returncode != 0
    assert "`entity`" in refused.stdout


def test_compiled_sql_is_the_same_each_time(flights_project, tmp_path):
    """A second compile from nothing, in another folder for its artifacts, writes byte-identical SQL."""
    flights_project.dbt("compile", "--no-partial-parse", "--target-path", str(tmp_path))

    first, second = compiled_sql(flights_project.target_dir), compiled_sql(tmp_path)
    assert "models/training_sets/late_arrival_training.sql" in second
    assert second == {path: first[path] for path in second}  # dbt compiles unit tests in a build alone


def compiled_sql(target_dir):
    folder = target_dir / "compiled" / "featurectl"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.sql")}
