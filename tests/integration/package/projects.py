"""A project that `featurectl init` wrote, and dbt and featurectl run in it as its README says."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DBT = ("-c", "from dbt.cli.main import cli; cli()")
# Whoever asks for something from a network gets an address where nobody listens.
NO_NETWORK = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")


@dataclass(frozen=True, slots=True)
class NewProject:
    """Its folder, and what the environment adds, such as a connection."""

    folder: Path
    environment: dict[str, str]

    def dbt(self, *arguments: str) -> str:
        """What dbt prints; a failure shows it."""
        return self._run(*DBT, *arguments)

    def link_package(self) -> None:
        """What `dbt deps` does with a package of the project's own, without its seconds."""
        (self.folder / "dbt_packages").mkdir()
        (self.folder / "dbt_packages" / "featurectl").symlink_to(self.folder / "packages" / "featurectl")

    def featurectl(self, *arguments: str) -> str:
        """What featurectl prints on stdout."""
        return self._run("-c", "from featurectl.cli import main; main()", *arguments)

    def _run(self, *command: str) -> str:
        ours = ("DBT_", "FEATURECTL_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=environment | NO_NETWORK | self.environment,
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout
