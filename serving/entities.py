"""Entity rows as a caller gives them, to one list a join key column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from serving.errors import MissingJoinKeyError, RequestError, TooManyEntitiesError

EntityRows = Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]]


def key_columns(entity_rows: EntityRows, wanted: Mapping[str, str], max_entities: int) -> list[list[Any]]:
    """The wanted columns, in their order, all of one length of at least one.

    Args:
        entity_rows: One dict a row, or one list a column; other columns are ignored.
        wanted: Request column to the view that needs it, for messages.
        max_entities: The most rows there may be.

    Raises:
        RequestError: Another shape, no rows, too many rows, or a missing column.
    """
    if isinstance(entity_rows, Mapping):
        columns = [_column(entity_rows, name, view) for name, view in wanted.items()]
        lengths = {name: len(column) for name, column in zip(wanted, columns, strict=True)}
        if len(set(lengths.values())) > 1:
            raise RequestError(
                f"entity_rows: expected columns of one length, got {lengths}", hint="Give every column one value a row."
            )
        count = len(columns[0])
    else:
        if isinstance(entity_rows, (str, bytes)) or not isinstance(entity_rows, Sequence):
            raise RequestError(
                f"entity_rows: expected a list of dicts or a dict of columns, got {type(entity_rows).__name__}",
                hint="Write entity_rows=[{'key': 1}, ...] or {'key': [1, ...]}.",
            )
        count = len(entity_rows)
        columns = [] if count > max_entities else _transpose(entity_rows, wanted)
    if count > max_entities:
        raise TooManyEntitiesError(count, max_entities)
    if not count:
        raise RequestError("entity_rows: expected at least one row, got none", hint="Give one row an entity.")
    return columns


def _transpose(rows: Sequence[Mapping[str, Any]], wanted: Mapping[str, str]) -> list[list[Any]]:
    try:
        return [[row[name] for row in rows] for name in wanted]
    except (KeyError, TypeError, IndexError) as error:
        raise _row_error(rows, wanted) from error


def _column(given: Mapping[str, Sequence[Any]], name: str, view: str) -> list[Any]:
    if name not in given:
        raise MissingJoinKeyError(name, view, "entity_rows", given)
    column = given[name]
    if isinstance(column, (str, bytes)) or not hasattr(column, "__iter__"):
        raise RequestError(
            f"entity_rows: {name}: expected a list of values, got {column!r}",
            hint="Write entity_rows={'key': [1, ...]}, or a list of dicts.",
        )
    return list(column)


def _row_error(rows: Sequence[Any], wanted: Mapping[str, str]) -> RequestError:
    for index, row in enumerate(rows):
        if not isinstance(row, Mapping):
            return RequestError(
                f"entity_rows[{index}]: expected a dict, got {row!r}", hint="Write entity_rows=[{'key': 1}, ...]."
            )
    missing = ((index, name) for name in wanted for index, row in enumerate(rows) if name not in row)
    index, name = next(missing)
    return MissingJoinKeyError(name, wanted[name], f"entity_rows[{index}]", rows[index])
