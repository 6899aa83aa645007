"""The dbt project of tests/dbt, compiled once: its SQL is what the tests run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Consumer:
    """A copy of the project that installs the package."""

    project_dir: Path
    duckdb_path: Path

    def dbt(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run dbt in the project; a failure shows its output."""
        done = subprocess.run(
            [Path(sys.executable).with_name("dbt"), "--no-use-colors", *arguments],
            cwd=self.project_dir,
            env=os.environ | {"CONSUMER_DUCKDB_PATH": str(self.duckdb_path)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if check and done.returncode:
            message = f"dbt {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}"
            raise AssertionError(message)
        return done

    def compiled(self, model: str) -> str:
        """The compiled SQL of a model."""
        (path,) = (self.project_dir / "target" / "compiled").rglob(f"{model}.sql")
        return path.read_text()


def install(folder: Path) -> Consumer:
    """Copy the project to a folder and install the package there."""
    project = folder / "consumer"
    shutil.copytree(ROOT / "tests" / "dbt", project, ignore=shutil.ignore_patterns("target", "logs", "dbt_packages"))
    (project / "packages.yml").write_text(f"packages:\n  - local: {ROOT}\n")
    consumer = Consumer(project, folder / "consumer.duckdb")
    consumer.dbt("deps")
    return consumer
