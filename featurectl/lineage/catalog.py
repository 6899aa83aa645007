"""Columns of built relations and of source tables, from dbt's target/catalog.json (`dbt docs generate`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from featurectl.built import read_built_columns

if TYPE_CHECKING:
    from pathlib import Path


class _Column(msgspec.Struct, frozen=True):
    name: str
    index: int = 0


class _Table(msgspec.Struct, frozen=True):
    columns: dict[str, _Column] = {}


class _Catalog(msgspec.Struct, frozen=True):
    sources: dict[str, _Table] = {}


def read_catalog(path: Path) -> dict[str, tuple[str, ...]]:
    """The columns of each node and source, in the table's order, by unique id; empty where there is no such file.

    Raises:
        ProjectError: The file is there, but cannot be read or is no catalog.
    """
    built = read_built_columns(path)
    sources = msgspec.json.decode(path.read_bytes(), type=_Catalog).sources if path.is_file() else {}
    return built | {
        unique_id: tuple(column.name for column in sorted(table.columns.values(), key=lambda column: column.index))
        for unique_id, table in sources.items()
        if table.columns
    }
