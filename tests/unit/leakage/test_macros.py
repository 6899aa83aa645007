"""What the package's macros write is clean: a finding in it would be one that nobody can mend."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from featurectl.build import read_registry
from featurectl.manifest import read_manifest
from featurectl.rules.leakage.lint import check_leakage

PROJECT = Path(__file__).parent / "project"
MACROS = Path(__file__).resolve().parents[3] / "macros"


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    """Of a project with each macro that a feature view or a training set can be made of, compiled by dbt."""
    folder = tmp_path_factory.mktemp("leakage") / "shop"
    shutil.copytree(PROJECT, folder)
    shutil.copytree(MACROS, folder / "macros")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
    compiling = [
        sys.executable,
        "-c",
        "from dbt.cli.main import cli; cli()",
        "--quiet",
        "compile",
        "--profiles-dir",
        ".",
    ]
    subprocess.run(compiling, cwd=folder, env=environment, check=True)
    return read_manifest(folder / "target" / "manifest.json")


def test_macros_and_labels_yield_no_finding(manifest):
    """Rolling windows with and without a created timestamp, training sets on a model and on a CTE, a label that looks ahead."""
    registry = read_registry(manifest)

    assert {view.name for view in registry.views} == {"customer_orders", "customer_weeks"}
    assert {training_set.spines for training_set in registry.training_sets} >= {("model.featurectl.labels",)}
    assert [str(finding) for finding in check_leakage(manifest, registry)] == []
