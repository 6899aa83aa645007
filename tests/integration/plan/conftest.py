"""A small shop and the flights, each in a git repository of its own, and a shell in them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).resolve().parent
OURS = ("DBT_", "FEATURECTL_", "FLIGHTS_", "GIT_")
IGNORED = "target/\nproduction/\ndata/\nlogs/\n*.duckdb*\n.featurectl/\nprofiles.yml\n.user.yml\n"


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
            timeout=300,
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
    return Shell(Path(shutil.copytree(HERE / "project", tmp_path / "shop")))
