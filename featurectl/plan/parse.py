"""The manifest of a project that has just been unpacked: `dbt parse`, with the user's profile and packages."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from featurectl.errors import ProjectError

_DBT = "from dbt.cli.main import cli; cli()"
_PACKAGE_FILES = ("packages.yml", "dependencies.yml", "package-lock.yml")
_SHOWN_CHARACTERS = 2_000
_PROFILES_FILE = "profiles.yml"


@dataclass(frozen=True, slots=True)
class DbtParse:
    """How dbt is called.

    Attributes:
        project_dir: The user's own; only read, for its profile and its installed packages.
        options: dbt's ``--target``, ``--profile`` and ``--vars`` with their values.
        profiles_dir: As the user named it; None means dbt's own search, which begins in the project.
    """

    project_dir: Path
    options: tuple[str, ...] = ()
    profiles_dir: Path | None = None

    def parse(self, unpacked: Path, name: str) -> Path:
        """Parse an unpacked project.

        Args:
            unpacked: Its folder; dbt writes in there alone.
            name: What it is, for messages.

        Returns:
            The path of its manifest.

        Raises:
            ProjectError: There is no dbt, or it reports an error.
        """
        if importlib.util.find_spec("dbt") is None:
            raise ProjectError(
                f"--against {name}: expected dbt-core in this Python environment to parse it, got none",
                hint="Install it, e.g. `pip install 'featurectl[duckdb]'`, or name a manifest.json.",
            )
        self._install_packages(unpacked, name)
        self._dbt(unpacked, name, "parse")
        return unpacked / "target" / "manifest.json"

    def _install_packages(self, unpacked: Path, name: str) -> None:
        """Those of the user where the same ones are asked for, else `dbt deps`; a local one is of the commit, too."""
        wanted = {file: _bytes(unpacked / file) for file in _PACKAGE_FILES}
        if not any(_packages(text) for text in wanted.values()):
            return
        folder = _packages_folder(unpacked)
        installed = self.project_dir / folder
        is_same = all(text == _bytes(self.project_dir / file) for file, text in wanted.items())
        is_local = any("local" in package for text in wanted.values() for package in _packages(text))
        if is_same and not is_local and installed.is_dir() and not (unpacked / folder).exists():
            (unpacked / folder).symlink_to(installed.resolve(), target_is_directory=True)
        else:
            self._dbt(unpacked, name, "deps")

    def _dbt(self, unpacked: Path, name: str, command: str) -> None:
        flags = ("--quiet", "--no-use-colors", "--log-format", "text", "--log-level-file", "none")
        folders = ["--project-dir", str(unpacked), "--log-path", str(unpacked / "logs")]
        if command != "deps":
            folders += ["--target-path", str(unpacked / "target")]
        profiles = self._profiles_dir()
        profile = () if profiles is None else ("--profiles-dir", str(profiles.resolve()))
        done = subprocess.run(
            [sys.executable, "-c", _DBT, *flags, command, *folders, *profile, *self.options],
            cwd=unpacked,
            env=os.environ | {"PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = (done.stdout + done.stderr).strip()[-_SHOWN_CHARACTERS:]
            raise ProjectError(
                f"--against {name}: expected `dbt {command}` of that commit to succeed, got:\n{said}",
                hint="Name another commit, or the manifest.json that was made from it.",
            )

    def _profiles_dir(self) -> Path | None:
        """A project's own profiles.yml is rarely committed, so the user's is taken."""
        if self.profiles_dir is not None or "DBT_PROFILES_DIR" in os.environ:
            return self.profiles_dir or Path(os.environ["DBT_PROFILES_DIR"])
        return self.project_dir if (self.project_dir / _PROFILES_FILE).is_file() else None


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _packages(text: bytes | None) -> list[dict[str, Any]]:
    loaded = _yaml(text)
    return [package for package in loaded.get("packages") or [] if isinstance(package, dict)]


def _packages_folder(project_dir: Path) -> str:
    return str(_yaml(_bytes(project_dir / "dbt_project.yml")).get("packages-install-path") or "dbt_packages")


def _yaml(text: bytes | None) -> dict[str, Any]:
    """A mapping; what is none, or no YAML, is left for dbt to complain about."""
    try:
        loaded = yaml.safe_load(text or b"")
    except yaml.YAMLError:
        return {}
    return loaded if isinstance(loaded, dict) else {}
