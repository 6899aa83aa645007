"""PostgreSQL: one read-only transaction, rows through a cursor of the server."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors

from featurectl.errors import WarehouseError
from featurectl.warehouse import queries
from featurectl.warehouse.base import LatestRow
from featurectl.warehouse.counting import CountingReading
from featurectl.warehouse.dialects import PostgresDialect
from featurectl.warehouse.postgres_connection import connect, database_of, first_line
from featurectl.warehouse.postgres_values import load_as_other_engines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot import exp

    from featurectl.registry import FeatureView
    from featurectl.warehouse.base import Part
    from featurectl.warehouse.profile import Target

BATCH_ROWS = 5_000


class PostgresWarehouse:
    """One database of a server.

    Args:
        target: Of type postgres; its host may be a folder of sockets.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self.database = database_of(target)

    @contextmanager
    def reading(self) -> Iterator[PostgresReading]:
        """One state of the database, read-only.

        Raises:
            WarehouseError: The server cannot be reached, does not let us in, or ends the connection on the way.
        """
        connection = connect(self._target)
        try:
            try:
                load_as_other_engines(connection)
                connection.execute("begin transaction isolation level repeatable read, read only")
            except psycopg.Error as error:
                raise _failed(error) from error
            yield PostgresReading(connection)
        finally:
            connection.close()


class PostgresReading(CountingReading):
    """One read-only transaction."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        super().__init__(PostgresDialect())
        self._connection = connection
        self._cursors = 0

    def now_us(self) -> int:
        """The server's clock when the transaction began."""
        ((now_us,),) = self._execute("select (extract(epoch from now()) * 1000000)::bigint")
        return int(now_us)

    def latest_rows(self, view: FeatureView, now_us: int, part: Part | None = None) -> Iterator[list[LatestRow]]:
        """The newest due row of each entity, some thousand a batch, fetched from a cursor of the server."""
        keys = len(view.join_keys)
        sql = self._sql(queries.latest_rows(view, self._dialect, now_us, part))
        self._cursors += 1
        try:
            with self._connection.cursor(name=f"featurectl_{self._cursors}", binary=True) as cursor:
                cursor.execute(sql.encode())
                while batch := cursor.fetchmany(BATCH_ROWS):
                    yield [
                        LatestRow(row[:keys], row[keys], row[keys + 1], row[keys + 2] is True, row[keys + 3 :])
                        for row in batch
                    ]
        except psycopg.Error as error:
            raise _failed(error) from error

    def _all(self, query: exp.Expression) -> list[Any]:
        return self._execute(self._sql(query))

    def _execute(self, sql: str) -> list[Any]:
        try:
            return self._connection.execute(sql.encode()).fetchall()
        except psycopg.Error as error:
            raise _failed(error) from error

    def _sql(self, query: exp.Expression) -> str:
        return query.sql(dialect=self._dialect.name)


def _failed(error: psycopg.Error) -> WarehouseError:
    message = first_line(error)
    if isinstance(error, (errors.UndefinedTable, errors.UndefinedColumn, errors.InvalidSchemaName)):
        return WarehouseError(
            f"warehouse: expected the relation of the manifest, got: {message}",
            hint="Run `dbt build` so that the warehouse holds what the manifest says.",
        )
    if isinstance(error, errors.InsufficientPrivilege):
        return WarehouseError(
            f"warehouse: expected the right to read, got: {message}",
            hint="Grant the target's user usage on the schema and select on the feature views.",
        )
    if isinstance(error, psycopg.OperationalError):
        return WarehouseError(
            f"warehouse: expected a server that stays, got: {message}",
            hint="Nothing is lost: run it again once the server is back.",
        )
    return WarehouseError(f"warehouse: query failed: {message}", hint="Run `dbt build`, then try again.")
