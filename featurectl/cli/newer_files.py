"""Tells of files of the project that changed after dbt wrote the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from featurectl.cli.project import PROJECT_FILE

if TYPE_CHECKING:
    from featurectl.cli.project import Project
    from featurectl.manifest import Exposure, Manifest, Node


def tell_newer_files(project: Project, manifest: Manifest) -> None:
    """One line on stderr where a file is newer than the manifest; it may all the same say what the manifest does."""
    newer = newer_files(project, manifest)
    if newer:
        others = f" and {len(newer) - 1} more are" if len(newer) > 1 else " is"
        manifest_path = f"{project.target_path}/{project.manifest_path.name}"
        click.secho(
            f"Warning: {newer[0]}{others} newer than {manifest_path}: run `dbt parse` (or `dbt build`)",
            fg="yellow",
            err=True,
        )


def newer_files(project: Project, manifest: Manifest) -> list[str]:
    """Paths in the project, sorted: dbt_project.yml, and files that the manifest names as the root project's.

    What is not there is not newer: a manifest is also read without the project's files.
    """
    own = manifest.metadata.project_name
    named = {PROJECT_FILE}
    nodes: list[Node | Exposure] = [*manifest.nodes.values(), *manifest.sources.values(), *manifest.exposures.values()]
    for node in nodes:
        if node.package_name == own:
            named |= {node.original_file_path, node.declared_in}
    written_ns = project.manifest_path.stat().st_mtime_ns
    return sorted(path for path in named if _modified_ns(project, path) > written_ns)


def _modified_ns(project: Project, path: str) -> int:
    try:
        return (project.project_dir / path).stat().st_mtime_ns
    except OSError:
        return 0
