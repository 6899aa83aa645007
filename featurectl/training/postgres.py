"""Training sets in PostgreSQL: local rows go into a temporary table, results come back through a server-side cursor."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pyarrow as pa
from psycopg import sql

from featurectl.errors import WarehouseError
from featurectl.training.local_rows import read_batches
from featurectl.training.postgres_types import arrow_type, column_type, plain
from featurectl.training.render import SPINE
from featurectl.training.session import BATCH_ROWS, SpineColumn
from featurectl.warehouse.postgres_connection import connect, database_of, first_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from featurectl.training.spine import FileSpine, FrameSpine
    from featurectl.warehouse.profile import Target


class PostgresEngine:
    """One database of a server.

    Args:
        target: Of type postgres.
    """

    dialect = "postgres"
    folds_case = False

    def __init__(self, target: Target) -> None:
        self._target = target
        self.database: str | None = database_of(target)

    @contextmanager
    def session(self, local: FileSpine | FrameSpine | None) -> Iterator[PostgresSession]:
        """Connect, load the local rows, then read one state of the database, read-only.

        Raises:
            WarehouseError: The server cannot be reached, or does not take the rows.
        """
        with connect(self._target) as connection:
            if local is not None:
                _load(connection, local)
            connection.execute("begin transaction isolation level repeatable read, read only")
            with ExitStack() as cursors:
                yield PostgresSession(connection, cursors)
            connection.execute("rollback")


class PostgresSession:
    """One read-only transaction.

    Args:
        cursors: Closes those of the server in the end, also after rows that nobody fetched.
    """

    def __init__(self, connection: psycopg.Connection[Any], cursors: ExitStack) -> None:
        self._connection = connection
        self._cursors = cursors

    def describe(self, query: str) -> list[SpineColumn]:
        """The columns of a query."""
        try:
            described = self._connection.execute(b"select * from (\n%b\n) as described limit 0" % query.encode())
        except psycopg.Error as error:
            raise _failed(error) from error
        types = self._connection.adapters.types
        return [
            SpineColumn(column.name, info.name if (info := types.get(column.type_code)) else "other")
            for column in described.description or ()
        ]

    def stream(self, query: str, contract: Mapping[str, str]) -> pa.RecordBatchReader:
        """The rows of a query, fetched from a cursor of the server."""
        cursor = self._cursors.enter_context(self._connection.cursor(name="featurectl_training_set"))
        cursor.itersize = BATCH_ROWS
        try:
            cursor.execute(query.encode())
        except psycopg.Error as error:
            raise _failed(error) from error
        types = self._connection.adapters.types
        columns = cursor.description or ()
        schema = pa.schema([(column.name, arrow_type(column, types, contract.get(column.name))) for column in columns])
        return pa.RecordBatchReader.from_batches(schema, _batches(cursor, schema))


def _batches(cursor: psycopg.ServerCursor[Any], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    try:
        while rows := cursor.fetchmany(BATCH_ROWS):
            arrays = [
                pa.array([plain(value, field.type) for value in values], field.type)
                for field, values in zip(schema, zip(*rows, strict=True), strict=True)
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
    except psycopg.Error as error:
        raise _failed(error) from error


def _load(connection: psycopg.Connection[Any], local: FileSpine | FrameSpine) -> None:
    schema, batches = read_batches(local)
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(field.name), sql.SQL(column_type(field))) for field in schema
    )
    table = sql.Identifier(SPINE)
    try:
        connection.execute(sql.SQL("create temporary table {} ({})").format(table, columns))
        with connection.cursor() as cursor, cursor.copy(sql.SQL("copy {} from stdin").format(table)) as copy:
            for batch in batches:
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    copy.write_row(row)
        connection.execute(sql.SQL("analyze {}").format(table))
    except psycopg.Error as error:
        raise WarehouseError(
            f"spine: expected rows that PostgreSQL takes into a temporary table, got: {first_line(error)}",
            hint="The user needs the right TEMPORARY on the database.",
        ) from error


def _failed(error: psycopg.Error) -> WarehouseError:
    return WarehouseError(
        f"training set: the query failed: {first_line(error)}",
        hint="Is every relation built? Run `dbt build`. Is the spine's SQL right? In Python `.sql` of the answer is the whole query.",
    )
