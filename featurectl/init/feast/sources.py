"""The dbt sources of a Feast repository: files with their location, tables with database and schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from featurectl.init.feast.columns import local_path
from featurectl.init.feast.text import to_yaml
from featurectl.init.starter import as_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from featurectl.init.feast.definitions import Repository, Source, View


def sources_file(repository: Repository, views: Iterable[View], engine: str) -> str:
    """models/sources.yml, whole; what a file or table of another engine needs first is noted as a loss."""
    groups: dict[str, dict[str, Any]] = {}
    for view in views:
        source = view.source
        if source.query:
            continue  # its SQL is in the model
        group_name, table_name = source_names(source)
        group = groups.setdefault(group_name, {"name": group_name, **_place(source, engine), "tables": []})
        table = {"name": table_name, **_table(repository, source, engine)}
        if table not in group["tables"]:
            group["tables"].append(table)
    return to_yaml({"sources": list(groups.values())}) if groups else "sources: []\n"


def source_names(source: Source) -> tuple[str, str]:
    """The names of the dbt source and of its table."""
    database, schema, table = _parts(source)
    if source.path and not source.table:
        return "feast_files", as_name(source.name)
    return as_name("_".join(part for part in (database, schema) if part) or "feast_tables"), as_name(table)


def _parts(source: Source) -> tuple[str | None, str | None, str]:
    parts = [part.strip('`"[]') for part in (source.table or source.name).replace(":", ".").split(".")]
    schema = parts[-2] if len(parts) > 1 else source.schema
    database = parts[-3] if len(parts) > 2 else source.database  # noqa: PLR2004 - database.schema.table
    return database, schema, parts[-1]


def _place(source: Source, engine: str) -> dict[str, str]:
    database, schema, _ = _parts(source)
    if source.path and not source.table:
        return {"schema": "{{ target.schema }}"}
    place = {"database": database} if database else {}
    return place | {"schema": schema or ("public" if engine == "postgres" else "{{ target.schema }}")}


def _table(repository: Repository, source: Source, engine: str) -> dict[str, Any]:
    if not source.path or source.table:
        name = _parts(source)[2]
        return {"identifier": name} if as_name(name) != name else {}
    if engine != "duckdb":
        table = as_name(source.name)
        repository.lose(
            source.where, source.name, f"{source.path} is a file: load it into a table {table} for {engine}"
        )
        return {}
    path = local_path(repository, source)
    if path is None:
        what = f"{source.path}: DuckDB reads object stores with its extension httpfs; set it up in profiles.yml"
        repository.lose(source.where, source.name, what)
    return {"config": {"meta": {"external_location": _location(repository, source.path, path)}}}


def _location(repository: Repository, given: str, path: Path | None) -> str:
    """Files of the repository by a variable, so that the project can move; others as they are."""
    if path is None:
        return given
    location = path.as_posix() + ("/**/*.parquet" if path.is_dir() else "")
    prefix = f"{repository.root}/"
    return "{{ var('feast_repository') }}/" + location.removeprefix(prefix) if location.startswith(prefix) else location
