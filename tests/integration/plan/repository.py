"""A folder to type in, and to commit."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
OURS = ("DBT_", "FEATURECTL_", "FLIGHTS_", "GIT_")
IGNORED = "dbt_packages/\ntarget/\nproduction/\ndata/\nlogs/\n*.duckdb*\n.featurectl/\nprofiles.yml\n.user.yml\n"


@dataclass(frozen=True, slots=True)
class Shell:
    """A shell in a project's folder; nothing of the tests' own environment in it."""

    folder: Path

    def run(self, command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a line of bash; stdout and stderr together, as a terminal shows them, whatever the exit status."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
        return subprocess.run(
            ["bash", "-c", f"exec 2>&1; {command}"],  # noqa: S607 - the user's shell
            cwd=self.folder,
            env=kept | {"PATH": path, "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": os.devnull} | environ,
            stdout=subprocess.PIPE,
            text=True,
            timeout=1200,
            check=False,
        )

    def must(self, command: str, **environ: str) -> str:
        """What a command prints that has to succeed."""
        done = self.run(command, **environ)
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        return done.stdout

    def commit(self, branch: str = "main") -> None:
        """Everything that is not ignored, as the branch's newest commit."""
        if not (self.folder / ".git").exists():
            (self.folder / ".gitignore").write_text(IGNORED)
            self.must(f"git init -q -b {branch}")
        self.must("git add -A && git -c user.name=Ada -c user.email=ada@example.com commit -qm change")
