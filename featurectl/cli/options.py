"""Options that several commands share; each command gets them as one `project`."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from featurectl.cli.project import Project, find_project_dir

if TYPE_CHECKING:
    from collections.abc import Callable

_MANIFEST_OPTIONS = (
    click.option(
        "--project-dir",
        type=click.Path(path_type=Path),
        envvar="DBT_PROJECT_DIR",
        help="Folder of dbt_project.yml.  [default: here, or the nearest above]",
    ),
    click.option(
        "--target-path",
        type=click.Path(path_type=Path),
        envvar="DBT_TARGET_PATH",
        default=Path("target"),
        show_default=True,
        help="Where dbt wrote manifest.json, in the project.",
    ),
)
_PROFILE_OPTIONS = (
    click.option("--target", "-t", envvar="DBT_TARGET", help="dbt target.  [default: the profile's]"),
    click.option("--profile", envvar="DBT_PROFILE", help="dbt profile.  [default: the project's]"),
    click.option(
        "--profiles-dir",
        type=click.Path(path_type=Path),
        envvar="DBT_PROFILES_DIR",
        help="Folder of profiles.yml.  [default: as dbt finds it]",
    ),
)

SELECT_HELP = "Views in dbt's syntax: name, name@v2, tag:name, entity:name, stg_name+, a,b ...  [default: all]"

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def manifest_options(command: Callable[..., None]) -> Callable[..., None]:
    """For commands that read the manifest alone: `--project-dir` and `--target-path`, as `project: Project`."""
    return _with_options(command, _MANIFEST_OPTIONS)


def project_options(command: Callable[..., None]) -> Callable[..., None]:
    """For commands that connect: also `--target`, `--profile` and `--profiles-dir`, as `project: Project`."""
    return _with_options(command, (*_MANIFEST_OPTIONS, *_PROFILE_OPTIONS))


def _with_options(command: Callable[..., None], options: tuple[Callable[[Any], Any], ...]) -> Callable[..., None]:
    @functools.wraps(command)
    def with_project(
        *,
        project_dir: Path | None,
        target_path: Path,
        target: str | None = None,
        profile: str | None = None,
        profiles_dir: Path | None = None,
        **others: Any,
    ) -> None:
        project = Project(find_project_dir(project_dir), target_path, target, profile, profiles_dir)
        command(project=project, **others)

    for option in reversed(options):
        with_project = option(with_project)
    return with_project
