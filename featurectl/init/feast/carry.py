"""Writes what a Feast repository defines as a dbt project, and says what it could not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from featurectl.errors import ProjectError
from featurectl.init.feast.columns import read_columns
from featurectl.init.feast.dtypes import engine_of
from featurectl.init.feast.migration import migration_page
from featurectl.init.feast.python_repository import read_python_repository
from featurectl.init.feast.registry_dump import read_registry_dump
from featurectl.init.feast.service_files import service_files
from featurectl.init.feast.sources import sources_file
from featurectl.init.feast.view_files import groups_file, view_files
from featurectl.init.starter import ENGINES as PROFILED
from featurectl.init.starter import as_name, project_files, render

if TYPE_CHECKING:
    from pathlib import Path

    from featurectl.init.feast.definitions import Loss, Repository


@dataclass(frozen=True, slots=True)
class Carried:
    """A dbt project made from a Feast repository.

    Attributes:
        engine: dbt adapter the types are those of.
        views: Names of the feature views written.
        services: Names of the feature services written.
        files: Text by path, relative to the project.
        losses: What was not carried, or guessed; in the order of files and lines.
    """

    engine: str
    views: tuple[str, ...]
    services: tuple[str, ...]
    files: dict[str, str]
    losses: tuple[Loss, ...]


def carry_repository(
    path: Path, name: str | None = None, engine: str | None = None, unnamed: str = "features"
) -> Carried:
    """Read a repository's folder, or the JSON of its registry, and write models and YAML for it.

    `name` is the dbt project's; by default that of Feast's project, and `unnamed` where Feast has none. `engine` is a dbt adapter;
    by default that of the repository's offline store.

    Raises:
        ProjectError: There is nothing to read, or nothing of it can be carried.
    """
    repository = read_registry_dump(path) if path.is_file() else read_python_repository(path.resolve())
    chosen = engine or engine_of(repository.offline_store, {view.source.kind for view in repository.views.values()})
    project = name or as_name(repository.project or unnamed)
    columns = {}
    for view in repository.views.values():
        found = read_columns(repository, view, chosen)
        if found is not None:
            columns[view.name] = found
    if not columns:
        reasons = "; ".join(f"{loss.where}: {loss.name}: {loss.what}" for loss in repository.losses[:3])
        raise ProjectError(
            f"{path}: expected a feature view that can be carried, got none: {reasons}",
            hint="Read the JSON of `feast registry-dump` in its place, or write the models by hand.",
        )
    models = _model_names(repository, set(columns))
    files: dict[str, str] = {}
    for view_name, found in columns.items():
        files |= view_files(repository.views[view_name], found, models[view_name], chosen)
    services = []
    for service in repository.services.values():
        written = service_files(repository, service, columns, models, project)
        if written:
            services.append(service.name)
            files |= written
    files["models/sources.yml"] = sources_file(repository, [repository.views[view] for view in columns], chosen)
    files |= groups_file([repository.views[view] for view in columns])
    losses = tuple(sorted(repository.losses, key=_line))
    values = {"name": project, "engine": chosen, "root": repository.root, "has_profile": chosen in PROFILED}
    files["dbt_project.yml"] = render("feast/dbt_project.yml", **values)
    files["README.md"] = render("feast/README.md", services=services, **values)
    files["MIGRATION.md"] = migration_page(models, tuple(services), losses, chosen)
    return Carried(chosen, tuple(columns), tuple(services), {**files, **project_files(project, chosen)}, losses)


def _line(loss: Loss) -> tuple[str, int]:
    file, _, line = loss.where.partition(":")
    return file, int(line or 0)


def _model_names(repository: Repository, carried: set[str]) -> dict[str, str]:
    """The model of each view: its name, in letters that dbt and every warehouse take."""
    models: dict[str, str] = {}
    for view in repository.views.values():
        if view.name not in carried:
            continue
        model = as_name(view.name)
        while model in models.values():
            model += "_2"
        if model != view.name:
            repository.lose(view.where, view.name, f"its model is called {model}: look-ups ask for {model}:...")
        models[view.name] = model
    return models
