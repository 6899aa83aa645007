"""The flights example as a scheduler finds it, and programs that no other test needs.

FEATURECTL_SCHEDULERS names the folder of the programs (`airflow`, `check-jsonschema`, `kubernetes-validate`, `zizmor`), an environment of
their own; without it no module here is collected. `make test-schedulers` makes it.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from scheduled import Scheduled

collect_ignore_glob = [] if os.environ.get("FEATURECTL_SCHEDULERS") else ["test_*.py"]


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of the schedulers' and validators' programs."""
    return Path(os.environ["FEATURECTL_SCHEDULERS"]).absolute()


@pytest.fixture
def scheduled(flights_project, tmp_path, redis_url) -> Scheduled:
    """A built copy of the example with an environment beside it, to be run and broken, and an empty Valkey."""
    project = flights_project.copy_to(tmp_path)
    shutil.copy(flights_project.duckdb_path, project.duckdb_path)
    (project.project_dir / ".venv").symlink_to(sys.prefix)
    return Scheduled(project.project_dir, project.duckdb_path, redis_url)
