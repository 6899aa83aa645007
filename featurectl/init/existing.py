"""The macros in a dbt project that is there already: a folder of its own, and what its owner is to add."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from featurectl.errors import ProjectError
from featurectl.init.dbt_package import FOLDER, PACKAGES_YML, read_dbt_package
from featurectl.init.writing import write_new

if TYPE_CHECKING:
    from pathlib import Path

# dbt reads either; a project has one of them.
PACKAGE_FILES = ("packages.yml", "dependencies.yml")
STORE_FOLDER = ".featurectl/"  # the embedded online store: rows, which belong in no repository


@dataclass(frozen=True, slots=True)
class Addition:
    """What adding the macros did, and what it left to do.

    Attributes:
        written: Paths that are new, relative to the project.
        brought_up_to_date: An older copy of the macros was replaced.
        to_add: The file to change by hand and the lines it lacks; None where nothing is left.
        to_ignore: The line that .gitignore lacks, or None.
    """

    written: list[str]
    brought_up_to_date: bool
    to_add: tuple[str, str] | None
    to_ignore: str | None


def add_macros(project_dir: Path) -> Addition:
    """Copy the macros into `packages/featurectl`; no file outside it is changed, `packages.yml` is written where there is none.

    Raises:
        ProjectError: `packages/featurectl` holds something else, or a file cannot be read or written.
    """
    files = read_dbt_package()
    is_old = _is_outdated(project_dir, files)
    if is_old:
        shutil.rmtree(project_dir / FOLDER)
    to_ignore = None if _is_ignored(project_dir.resolve()) else STORE_FOLDER
    named = next((name for name in PACKAGE_FILES if (project_dir / name).is_file()), None)
    if named is None:
        written = write_new(project_dir, {**files, "packages.yml": PACKAGES_YML})
        return Addition(written, is_old, None, to_ignore)
    to_add = None if _names_package(project_dir / named) else (named, PACKAGES_YML)
    return Addition(write_new(project_dir, files), is_old, to_add, to_ignore)


def _is_outdated(project_dir: Path, files: dict[str, str]) -> bool:
    """Whether there is a copy of the macros that is not this one."""
    folder = project_dir / FOLDER
    if not folder.exists():
        return False
    marker = folder / "dbt_project.yml"
    if not marker.is_file() or "name: featurectl\n" not in marker.read_text(encoding="utf-8"):
        raise ProjectError(
            f"{folder}: expected the dbt package `featurectl` or no such folder, got another folder",
            hint="Move it: the macros are copied there.",
        )
    there = {path.relative_to(project_dir).as_posix() for path in folder.rglob("*") if path.is_file()}
    return there != set(files) or any((project_dir / path).read_text(encoding="utf-8") != files[path] for path in files)


def _is_ignored(project_dir: Path) -> bool:
    """Whether a .gitignore of the project, or of a folder above it up to the repository's, has the store's folder."""
    for folder in (project_dir, *project_dir.parents):
        file = folder / ".gitignore"
        lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        if STORE_FOLDER.strip("/") in (line.strip().strip("/") for line in lines):
            return True
        if (folder / ".git").exists():
            return False
    return False


def _names_package(path: Path) -> bool:
    """Whether a package file has an entry that brings `featurectl`."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError:
        return False  # dbt renders Jinja first; the entry is shown, and its owner sees whether it is there
    packages = (content or {}).get("packages") if isinstance(content, dict) else None
    entries = [entry for entry in packages or [] if isinstance(entry, dict)]
    return any(str(value).rstrip("/").endswith("featurectl") for entry in entries for value in entry.values())
