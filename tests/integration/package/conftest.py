"""The wheel, built from the checkout and installed into an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment with the wheel and its base dependencies, nothing else."""

    bin_dir: Path

    def run(self, program: str, *arguments: str, cwd: Path) -> str:
        """What a program of the environment prints; a failure shows its output."""
        command = [str(self.bin_dir / program), *arguments]
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=1200, check=False)
        assert done.returncode == 0, f"{program} {' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """The wheel that `pip wheel` builds, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory) -> Installed:
    """Its dependencies come from the package registry, at the pinned versions."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    constraints = ["--constraint", str(ROOT / "constraints.txt")]
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", str(wheel), *constraints]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 0, done.stderr
    return Installed(folder / "bin")
