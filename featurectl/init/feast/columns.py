"""Which columns the model of a Feast view has, with the engine's types; files that are there tell what Feast left open."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from featurectl.init.feast.dtypes import is_approximate, warehouse_type
from serving.errors import UnservableTypeError
from serving.format.types import parse_type, require_key_type

if TYPE_CHECKING:
    from featurectl.init.feast.definitions import Repository, Source, View


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a model: `source_name` is what the source calls it."""

    name: str
    data_type: str
    source_name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a model by role; a model has them in this order."""

    keys: tuple[Column, ...]
    event_timestamp: Column
    created_timestamp: Column | None
    features: tuple[Column, ...]

    @property
    def all(self) -> tuple[Column, ...]:
        """Keys, times, features."""
        created = (self.created_timestamp,) if self.created_timestamp else ()
        return (*self.keys, self.event_timestamp, *created, *self.features)


def read_columns(repository: Repository, view: View, engine: str) -> Columns | None:
    """The columns of a view; None, with the reason noted, where it cannot be carried."""
    source = view.source
    file_types = _file_types(repository, source) if engine == "duckdb" else {}
    mapped = {new: old for old, new in source.field_mapping.items()}
    event = source.timestamp_field or _only_timestamp(file_types)
    if event is None:
        repository.lose(source.where, source.name, "no timestamp_field that can be read")
        repository.lose(view.where, view.name, "its source names no timestamp_field: the view is not carried")
        return None
    key_names = repository.join_keys(view)
    if not key_names:
        what = "a view without entities is not carried: give it a constant key column in a model of your own"
        repository.lose(view.where, view.name, what)
        return None
    instant = (
        "timestamp" if engine in {"duckdb", "postgres"} else warehouse_type("UnixTimestamp", engine) or "timestamp"
    )
    created_name = source.created_timestamp_column
    keys = tuple(_key(repository, view, name, mapped.get(name, name), file_types, engine) for name in key_names)
    roles = {*key_names, event, created_name}
    features = []
    for each in view.fields:
        data_type = warehouse_type(each.dtype, engine)
        if each.name in roles:
            continue
        if data_type is None or not _is_servable(data_type):
            what = f"{each.name}: {each.dtype or 'its type'} has no type that a look-up can answer; left out: take its parts as columns"
            repository.lose(each.where or view.where, view.name, what)
            continue
        if is_approximate(each.dtype):
            repository.lose(
                each.where or view.where,
                view.name,
                f"{each.name}: {each.dtype} is written as {data_type}; set its scale",
            )
        features.append(Column(each.name, data_type, mapped.get(each.name, each.name), each.description))
    if not any(each.name not in roles for each in view.fields):
        features = [
            Column(source.field_mapping.get(name, name), data_type, name)
            for name, data_type in file_types.items()
            if source.field_mapping.get(name, name) not in roles and _is_servable(data_type)
        ]
        if features:
            repository.lose(
                view.where, view.name, "has no schema: all columns of its file are features, as Feast infers them"
            )
    if not features:
        repository.lose(view.where, view.name, "no feature whose name and type can be read: the view is not carried")
        return None
    event_column = Column(event, instant, mapped.get(event, event))
    created = Column(created_name, instant, mapped.get(created_name, created_name)) if created_name else None
    return Columns(keys, event_column, created, tuple(features))


def _key(
    repository: Repository, view: View, name: str, source_name: str, file_types: dict[str, str], engine: str
) -> Column:
    dtype = repository.type_join_key(view, name)
    data_type = warehouse_type(dtype, engine) if dtype else file_types.get(source_name)
    if data_type is None or not _is_key(data_type):
        data_type = warehouse_type("String", engine) or "varchar"
        repository.lose(view.where, view.name, f"{name}: no type of this join key can be read; written as {data_type}")
    return Column(name, data_type, source_name)


def _file_types(repository: Repository, source: Source) -> dict[str, str]:
    """Type by column of a Parquet file that is there; nothing without one, or without DuckDB."""
    path = local_path(repository, source)
    if path is None or not path.exists() or path.suffix != ".parquet":
        return {}
    try:
        import duckdb  # noqa: PLC0415 - optional: without it the types are those that Feast declares
    except ModuleNotFoundError:
        return {}
    try:
        with duckdb.connect() as connection:
            rows = connection.execute("describe select * from read_parquet(?)", [str(path)]).fetchall()
    except duckdb.Error:
        return {}
    return {name: data_type.lower() for name, data_type, *_ in rows}


def local_path(repository: Repository, source: Source) -> Path | None:
    """The file of a source in this file system, in full; None for tables and object stores."""
    path = (source.path or "").removeprefix("file://")
    if not path or "://" in path:
        return None
    return Path(repository.root, path)  # an absolute path stays as it is


def _only_timestamp(file_types: dict[str, str]) -> str | None:
    instants = [name for name, data_type in file_types.items() if data_type.startswith("timestamp")]
    return instants[0] if len(instants) == 1 else None


def _is_servable(data_type: str) -> bool:
    try:
        parse_type(data_type)
    except UnservableTypeError:
        return False
    return True


def _is_key(data_type: str) -> bool:
    try:
        require_key_type(data_type)
    except UnservableTypeError:
        return False
    return True
