"""A small shop and the flights, each in a git repository of its own, and a shell in them."""

from __future__ import annotations

import shutil
import sys

import pytest
import yaml
from repository import HERE, Shell

# The pages' code blocks are read as README's are.
sys.path.append(str(HERE.parent / "docs"))


@pytest.fixture
def flights(flights_project, tmp_path) -> Shell:
    """The built example in a repository whose base branch is `origin/main`, with a target for production and one for CI."""
    project = flights_project.copy_to(tmp_path / "repository")
    shutil.copy(flights_project.duckdb_path, project.duckdb_path)
    profile = yaml.safe_load((project.profiles_dir / "profiles.yml").read_text())
    dev = profile["flights_example"]["outputs"]["dev"]
    profile["flights_example"] |= {"target": "prod", "outputs": {"prod": dev, "ci": {**dev, "schema": "ci"}}}
    (project.profiles_dir / "profiles.yml").write_text(yaml.safe_dump(profile))
    shell = Shell(project.project_dir)
    shell.commit()
    shell.must("git update-ref refs/remotes/origin/main HEAD")
    return shell


@pytest.fixture
def shop(tmp_path) -> Shell:
    """The shop: one staging model; its feature views are written by the tests."""
    return Shell(shutil.copytree(HERE / "project", tmp_path / "shop"))
