"""A small dbt project that installs the package: one open and one private feature view, on DuckDB or PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from featurectl import Project
from featurectl.cli import main

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SPINE = {"event_timestamp": "seen_at", "features": [{"view": "readings", "prefix": "last_"}]}
COLUMNS = ["label_id", "sensor_id", "seen_at", "remark", "weight", "last_level", "last_note", "last_price"]


@dataclass(frozen=True, slots=True)
class Mill:
    """A copy of the project, built.

    Attributes:
        target: dev (DuckDB) or server (PostgreSQL).
    """

    folder: Path
    target: str = "dev"

    @property
    def project(self) -> Project:
        """As a user of Python has it."""
        return Project(self.folder, target=None if self.target == "dev" else self.target)

    @property
    def duckdb_path(self) -> Path:
        """The warehouse of the target dev."""
        return self.folder / "mill.duckdb"

    def dbt(self, *arguments: str) -> None:
        """Run dbt in the project; a failure shows its output."""
        done = subprocess.run(
            [sys.executable, "-c", "from dbt.cli.main import cli; cli()", *arguments, "--target", self.target],
            cwd=self.folder,
            env=os.environ | {"DBT_NO_USE_COLORS": "1"},
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def copy_to(self, folder: Path) -> Mill:
        """The project with its warehouse, to change."""
        return Mill(Path(shutil.copytree(self.folder, folder / "mill")), self.target)

    def cli(self, *arguments: Any) -> Result:
        """Run `featurectl training-set` in this process."""
        command = ["training-set", *map(str, arguments), "--project-dir", str(self.folder)]
        return CliRunner().invoke(main, command, catch_exceptions=False)


def build(folder: Path, target: str = "dev") -> Mill:
    """Lay the project into a folder, with the package as `dbt deps` would, and build it."""
    mill = Mill(Path(shutil.copytree(HERE / "project", folder / "mill")), target)
    package = mill.folder / "dbt_packages" / "featurectl"
    shutil.copytree(ROOT / "macros", package / "macros")
    shutil.copy(ROOT / "dbt_project.yml", package)
    mill.dbt("build")
    return mill
