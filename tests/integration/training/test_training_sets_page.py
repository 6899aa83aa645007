"""docs/training-sets.md tells the truth: what it shows to type in gives what it shows to come out."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "training-sets.md").read_text()


@pytest.fixture(scope="module")
def folder(flights_project, tmp_path_factory) -> Path:
    """The built example, to write files into."""
    project = flights_project.copy_to(tmp_path_factory.mktemp("page"))
    shutil.copy(flights_project.duckdb_path, project.duckdb_path)
    return project.project_dir


def test_the_program_prints_what_is_shown(folder):
    program, shown = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL).groups()
    assert run(folder, sys.executable, "-W", "error", "-c", program) == shown


def test_the_commands_print_what_is_shown(folder):
    (session,) = re.findall(r"```console\n\$ (.*?)```", PAGE, re.DOTALL)
    commands = [part.split("\n", 1) for part in session.split("\n$ ")]
    assert len(commands) == 2
    for command, shown in commands:
        program, *arguments = shlex.split(command)
        output = run(folder, str(Path(sys.executable).with_name(program)), *arguments)
        assert sorted(output.splitlines()) == sorted(shown.splitlines())


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1200,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
