"""dbt's target/catalog.json (written by `dbt docs generate`): the columns that tables really have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from featurectl.errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

_HINT = "Run `dbt docs generate` again, or delete the file: it is optional."


class _Column(msgspec.Struct, frozen=True):
    name: str
    index: int = 0


class _Table(msgspec.Struct, frozen=True):
    columns: dict[str, _Column] = {}


class _Catalog(msgspec.Struct, frozen=True):
    nodes: dict[str, _Table]
    sources: dict[str, _Table] = {}


def read_catalog(path: Path) -> dict[str, tuple[str, ...]]:
    """The columns of each built node and source, in the table's order, by unique id; empty where there is no such file.

    Raises:
        ProjectError: The file is there, but cannot be read or is no catalog.
    """
    try:
        catalog = msgspec.json.decode(path.read_bytes(), type=_Catalog)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ProjectError(f"{path}: expected a readable file, got {error.strerror}", hint=_HINT) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path}: expected dbt's catalog, got {error}", hint=_HINT) from None
    return {
        unique_id: tuple(column.name for column in sorted(table.columns.values(), key=lambda column: column.index))
        for unique_id, table in (catalog.nodes | catalog.sources).items()
        if table.columns
    }
