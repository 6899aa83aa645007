"""The dbt project of tests/dbt, compiled once for each engine and form: its SQL is what the tests run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# The mutants stand in for the package this way.
PACKAGE = Path(os.environ.get("FEATURECTL_PACKAGE_ROOT", ROOT))


@dataclass(frozen=True)
class Consumer:
    """A copy of the project that installs the package.

    Attributes:
        environment: What its profile reads.
        target: Of the profile: duckdb or postgres.
        variables: Of dbt, as the project's dbt_project.yml lists them.
    """

    project_dir: Path
    environment: dict[str, str]
    target: str = "duckdb"
    variables: dict[str, Any] = field(default_factory=dict)

    @property
    def duckdb_path(self) -> Path:
        """The warehouse of the target duckdb."""
        return Path(self.environment["CONSUMER_DUCKDB_PATH"])

    def dbt(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run dbt in the project; a failure shows its output."""
        options = ["--target", self.target, "--vars", json.dumps(self.variables)]
        done = subprocess.run(
            [
                Path(sys.executable).with_name("dbt"),
                "--no-use-colors",
                *arguments,
                *(options if "deps" not in arguments else []),
            ],
            cwd=self.project_dir,
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        if check and done.returncode:
            message = f"dbt {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}"
            raise AssertionError(message)
        return done

    def compiled(self) -> dict[str, str]:
        """The compiled SQL of every model by name, compiled under --warn-error."""
        self.dbt("--warn-error", "compile")
        folder = self.project_dir / "target" / "compiled" / "consumer" / "models"
        return {path.stem: path.read_text() for path in folder.rglob("*.sql")}


def install(folder: Path, *, root: Path = PACKAGE, **environment: str) -> Consumer:
    """Copy the project to a folder and install the package, which is at `root`, there."""
    project = folder / "consumer"
    shutil.copytree(ROOT / "tests" / "dbt", project, ignore=shutil.ignore_patterns("target", "logs", "dbt_packages"))
    (project / "packages.yml").write_text(f"packages:\n  - local: {root}\n")
    consumer = Consumer(project, {"CONSUMER_DUCKDB_PATH": str(folder / "consumer.duckdb"), **environment})
    consumer.dbt("deps")
    return consumer
