"""The running example, built once a session in a copy of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DBT = "from dbt.cli.main import cli; cli()"


@dataclass(frozen=True, slots=True)
class FlightsProject:
    """A copy of the root project with its data, profile, target and warehouse inside, so that dbt's defaults fit.

    Tests that change files take a copy of it (:meth:`copy_to`), for the session shares this one.

    Attributes:
        project_dir: Holds dbt_project.yml.
        target_dir: dbt's artifacts of the build.
        profiles_dir: Holds profiles.yml, made from profiles.yml.example; names the warehouse by its full path.
        duckdb_path: The warehouse; nothing keeps it open.
    """

    project_dir: Path
    target_dir: Path
    profiles_dir: Path
    duckdb_path: Path

    def dbt(self, *arguments: str, check: bool = True, program: str = DBT) -> subprocess.CompletedProcess[str]:
        """Run dbt in the project, in a process of its own; a failure shows its output."""
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=self.project_dir,
            env=os.environ | {"DBT_NO_USE_COLORS": "1", "DBT_PROFILES_DIR": str(self.profiles_dir)},
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        if check and done.returncode:
            message = f"dbt {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}"
            raise AssertionError(message)
        return done

    def copy_to(self, folder: Path) -> FlightsProject:
        """A second copy of the project to change, with its data and artifacts but without the warehouse."""
        ignored = shutil.ignore_patterns("*.duckdb*", "logs")
        project_dir = Path(shutil.copytree(self.project_dir, folder / "flights", ignore=ignored))
        return lay_profile(project_dir)


def lay_profile(project_dir: Path) -> FlightsProject:
    """Write profiles.yml beside dbt_project.yml, the path of the warehouse in full."""
    duckdb_path = project_dir / "data" / "flights.duckdb"
    profile = (ROOT / "profiles.yml.example").read_text()
    assert "'data/flights.duckdb'" in profile
    (project_dir / "profiles.yml").write_text(profile.replace("'data/flights.duckdb'", f"'{duckdb_path}'"))
    return FlightsProject(project_dir, project_dir / "target", project_dir, duckdb_path)


@pytest.fixture(scope="session")
def flights_project(tmp_path_factory) -> FlightsProject:
    """The running example, its data unpacked and everything built and tested under ``--warn-error``."""
    project_dir = tmp_path_factory.mktemp("example") / "flights"
    for folder in ("models", "macros"):
        shutil.copytree(ROOT / folder, project_dir / folder)
    (project_dir / "data").mkdir()
    for file in ("dbt_project.yml", "data/unpack.py"):
        shutil.copy(ROOT / file, project_dir / file)
    subprocess.run([sys.executable, "data/unpack.py"], cwd=project_dir, check=True, capture_output=True, timeout=1200)
    project = lay_profile(project_dir)
    project.dbt("--warn-error", "build", "--show-all-deprecations")
    return project
