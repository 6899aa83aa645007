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
    # The exact types first: asking for the abstract ones takes longer than reading a row.
    if type(entity_rows) is not list and (type(entity_rows) is dict or isinstance(entity_rows, Mapping)):
        columns = [_column(entity_rows, name, view) for name, view in wanted.items()]
        count = len(columns[0])
        if len(columns) > 1 and any(len(column) != count for column in columns):
            lengths = {name: len(column) for name, column in zip(wanted, columns, strict=True)}
            raise RequestError(
                f"entity_rows: expected columns of one length, got {lengths}", hint="Give every column one value a row."
            )
        _require_count(count, max_entities)
        return columns
    if type(entity_rows) is not list and (
        isinstance(entity_rows, (str, bytes)) or not isinstance(entity_rows, Sequence)
    ):
        raise RequestError(
            f"entity_rows: expected a list of dicts or a dict of columns, got {type(entity_rows).__name__}",
            hint="Write entity_rows=[{'key': 1}, ...] or {'key': [1, ...]}; of a data frame, frame.to_dict('records').",
        )
    if not 1 <= len(entity_rows) <= max_entities:
        _require_count(len(entity_rows), max_entities)
    columns = []
    try:
        for name in wanted:
            columns.append([row[name] for row in entity_rows])
    except (KeyError, TypeError, IndexError) as error:
        raise _row_error(entity_rows, wanted) from error
    return columns


def _require_count(count: int, max_entities: int) -> None:
    if count > max_entities:
        raise TooManyEntitiesError(count, max_entities)
    if not count:
        raise RequestError("entity_rows: expected at least one row, got none", hint="Give one row an entity.")


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
