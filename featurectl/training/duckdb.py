"""Training sets in DuckDB: a read-only connection in which the local rows are a view."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

import duckdb
from sqlglot import exp

from featurectl.errors import WarehouseError
from featurectl.training.render import SPINE
from featurectl.training.session import BATCH_ROWS, SpineColumn
from featurectl.training.spine import FileSpine
from featurectl.warehouse.duckdb import DuckDBWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from featurectl.training.spine import FrameSpine


class DuckDBEngine(DuckDBWarehouse):
    """One DuckDB file, opened as the driver of look-ups does; only memory and threads are DuckDB's own or the profile's."""

    dialect = "duckdb"
    folds_case = True
    is_bounded: ClassVar[bool] = False  # a join of millions of rows is not a sync: let it have the machine

    @contextmanager
    def session(self, local: FileSpine | FrameSpine | None) -> Iterator[DuckDBSession]:
        """Read-only, in one transaction; a file is read where it lies, a table in memory is not copied.

        Raises:
            WarehouseError: The warehouse cannot be opened, or the file cannot be read.
        """
        connection = self._connect()
        try:
            if isinstance(local, FileSpine):
                _register(connection, local)
            elif local is not None:
                connection.register(SPINE, local.table)
            connection.execute("begin transaction read only")
            yield DuckDBSession(connection)
        finally:
            connection.close()


class DuckDBSession:
    """One read-only transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def describe(self, sql: str) -> list[SpineColumn]:
        """The columns of a query."""
        try:
            rows = self._connection.execute(f"describe {sql}").fetchall()
        except duckdb.Error as error:
            raise _failed(error) from error
        return [SpineColumn(row[0], row[1]) for row in rows]

    def stream(self, sql: str, contract: Mapping[str, str]) -> pa.RecordBatchReader:  # noqa: ARG002 - DuckDB knows the types
        """The rows of a query; the engine works while they are read."""
        try:
            # A relation, for DuckDB 2 copies the result of `execute` before Arrow gets its first row.
            return self._connection.sql(sql).to_arrow_reader(BATCH_ROWS)
        except duckdb.Error as error:
            raise _failed(error) from error


def _register(connection: duckdb.DuckDBPyConnection, spine: FileSpine) -> None:
    path: list[exp.Expression] = [exp.Literal.string(str(spine.path))]
    if spine.path.suffix.lower() == ".parquet":
        read = exp.Anonymous(this="read_parquet", expressions=path)
    else:  # a quoted nothing is a text, an unquoted one is null
        quoted = exp.PropertyEQ(this=exp.to_identifier("allow_quoted_nulls"), expression=exp.false())
        read = exp.Anonymous(this="read_csv", expressions=[*path, quoted])
    try:
        connection.execute(f"create temporary view {SPINE} as {exp.select('*').from_(read).sql(dialect='duckdb')}")
    except duckdb.Error as error:
        raise WarehouseError(
            f"spine: {spine.path}: expected a {spine.path.suffix[1:]} file, got: {_first_line(error)}",
            hint="Is it whole? Try to open it with DuckDB.",
        ) from error


def _failed(error: duckdb.Error) -> WarehouseError:
    return WarehouseError(
        f"training set: the query failed: {_first_line(error)}",
        hint="Is every relation built? Run `dbt build`. Is the spine's SQL right? In Python `.sql` of the answer is the whole query.",
    )


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
