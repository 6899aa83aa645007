"""The dbt project a command works on: where it is, and its registry."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from featurectl.build import read_registry
from featurectl.errors import ProjectError
from featurectl.manifest import Manifest, read_manifest

if TYPE_CHECKING:
    from featurectl.registry import Registry

PROJECT_FILE = "dbt_project.yml"


@dataclass(frozen=True, slots=True)
class Project:
    """What the shared options say.

    Attributes:
        project_dir: The folder of dbt_project.yml.
        target_path: Where dbt writes its artifacts; a relative one is in the project.
        target: dbt target; None means the profile's default.
        profile: dbt profile; None means the project's.
        profiles_dir: Folder of profiles.yml; None means dbt's own search.
    """

    project_dir: Path
    target_path: Path
    target: str | None = None
    profile: str | None = None
    profiles_dir: Path | None = None

    @property
    def manifest_path(self) -> Path:
        """The manifest.json that dbt wrote."""
        return self.project_dir / self.target_path / "manifest.json"

    def manifest(self) -> Manifest:
        """The manifest, read anew."""
        return read_manifest(self.manifest_path)

    def registry(self) -> Registry:
        """The registry, read anew; any metadata error is raised."""
        return read_registry(self.manifest())


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
