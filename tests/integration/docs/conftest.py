"""A copy of the built example to type in: the warehouse inside, the commands on the PATH, nothing of ours in the environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

OURS = ("DBT_", "FEATURECTL_", "FLIGHTS_")


@dataclass(frozen=True, slots=True)
class Shell:
    """A newcomer's shell in the project's folder, its environment active."""

    project_dir: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program; its output as text, whatever its exit status."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
        return subprocess.run(
            command,
            cwd=self.project_dir,
            env=environ | {"PATH": path, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )


@pytest.fixture(scope="module")
def shell(flights_project, tmp_path_factory) -> Shell:
    """Shared by a module's tests, which go on from one another."""
    project = flights_project.copy_to(tmp_path_factory.mktemp("newcomer"))
    shutil.copy(flights_project.duckdb_path, project.duckdb_path)
    return Shell(project.project_dir)


@pytest.fixture(scope="module")
def shell_in():
    """A shell in any folder."""
    return Shell
