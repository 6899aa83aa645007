"""The shop project parsed by dbt, and the command line run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from featurectl.cli import main

PROJECT = Path(__file__).parents[1] / "registry" / "project"


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    """The folder of the shop project after `dbt parse`."""
    folder = tmp_path_factory.mktemp("cli") / "shop"
    shutil.copytree(PROJECT, folder)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
    parse = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--quiet", "parse", "--profiles-dir", "."]
    subprocess.run(parse, cwd=folder, env=environment, check=True)
    return folder


@pytest.fixture
def run(shop, monkeypatch):
    """Run `featurectl` with arguments, in the shop unless another folder is given."""
    for name in [name for name in os.environ if name.startswith("DBT_")]:
        monkeypatch.delenv(name)

    def run_in(*arguments, folder=shop):
        monkeypatch.chdir(folder)
        return CliRunner().invoke(main, arguments)

    return run_in


@pytest.fixture
def broken(shop, tmp_path):
    """A copy of the parsed shop in which one view lacks its entity."""
    folder = tmp_path / "broken"
    shutil.copytree(shop, folder)
    manifest = folder / "target" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"entity": "shelf", ', ""))
    return folder
