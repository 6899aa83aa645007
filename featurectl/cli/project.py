"""Finds the dbt project a command works on."""

from __future__ import annotations

from pathlib import Path

from featurectl.errors import ProjectError
from featurectl.project import Project

__all__ = ["Project", "find_project_dir"]

PROJECT_FILE = "dbt_project.yml"


def find_project_dir(given: Path | None) -> Path:
    """The folder given, else the nearest one at or above the working directory that holds a dbt project.

    Raises:
        ProjectError: There is no dbt_project.yml.
    """
    if given is not None:
        if not (given / PROJECT_FILE).is_file():
            raise ProjectError(
                f"--project-dir: expected a folder with {PROJECT_FILE}, got {str(given)!r}",
                hint="Name the folder of a dbt project.",
            )
        return given
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    raise ProjectError(
        f"{here}: expected {PROJECT_FILE} here or in a folder above, got none",
        hint="Change to a dbt project, or name it with --project-dir.",
    )
