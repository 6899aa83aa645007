"""DuckDB: the file is opened late, read-only, and closed as soon as it is read."""

from __future__ import annotations

import re
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import duckdb
from sqlglot import exp

from featurectl.errors import WarehouseError
from featurectl.warehouse import queries
from featurectl.warehouse.base import LatestColumns, LatestRow
from featurectl.warehouse.counting import CountingReading
from serving.format.types import parse_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from featurectl.registry import Column, FeatureView
    from featurectl.warehouse.base import Batch, Part
    from featurectl.warehouse.profile import Target

_Result = TypeVar("_Result")

BATCH_ROWS = 5_000
LOCK_RETRIES = 5
LOCK_WAIT_SECONDS = 1.0
# For each reading at a time; what is more goes to disk. A thread more wants memory of its own, and a query that could
# spill fails without it.
MEMORY_MB = 64
BOUNDS = {"threads": "1"}
# Where a table is that long, an eighth of it is asked first whether an entity comes twice.
SAMPLE_FROM_ROWS = 1_000_000
SAMPLE_SHARE = 8


# Arrow's types whose Python values are the driver's own, and the wire kind that carries each as it is.
_ARROW_KINDS = {
    "bool": "bool",
    **dict.fromkeys(("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"), "int64"),
    "uint64": "uint64",
    "float": "float32",
    "double": "float64",
    "string": "string",
}
_PLAIN_KINDS = frozenset(_ARROW_KINDS.values())


class DuckDBDialect:
    """DuckDB's spelling."""

    name = "duckdb"

    def micros(self, column: exp.Expression, data_type: str) -> exp.Expression:
        """`epoch_us`, which gives null for infinite times; before 1970 it rounds nanoseconds up, so those are floored here."""
        micros = exp.Anonymous(this="epoch_us", expressions=[column.copy()])
        if data_type.lower() != "timestamp_ns":
            return micros
        later = exp.LT(this=column.copy(), expression=exp.Anonymous(this="make_timestamp", expressions=[micros.copy()]))
        return exp.Sub(
            this=micros, expression=exp.case().when(later, exp.Literal.number(1)).else_(exp.Literal.number(0))
        )

    def row_number_of(self, values: Sequence[exp.Expression]) -> exp.Expression:
        """DuckDB's own `hash`; another version of it may answer otherwise, and then everything counts as changed."""
        return exp.Anonymous(this="hash", expressions=list(values))

    def sortable(self, column: exp.Expression, data_type: str) -> exp.Expression:  # noqa: ARG002 - the same for all types
        """As it is: DuckDB sorts text by its bytes, which is by code point."""
        return column.copy()


class DuckDBWarehouse:
    """One DuckDB file.

    Args:
        target: Of type duckdb; its `path` is relative to the project.
        project_dir: The dbt project's folder.

    Attributes:
        is_bounded: Whether memory and threads are few unless the target says how much memory DuckDB may take.
    """

    is_bounded: ClassVar[bool] = True

    def __init__(self, target: Target, project_dir: Path) -> None:
        path = target.settings.get("path")
        if not isinstance(path, str) or path == ":memory:":
            raise WarehouseError(
                f"{target.where}: path: expected a file, got {path!r}", hint="Only a file outlives dbt's own process."
            )
        self.path = project_dir / Path(path).expanduser()
        # DuckDB, and dbt after it, names a database by the file's name up to the first dot.
        self.database = next((part for part in self.path.name.split(".") if part), None)
        given = target.settings.get("settings") or {}
        if not isinstance(given, dict):
            raise WarehouseError(
                f"{target.where}: settings: expected a mapping, got {given!r}", hint="Check it with `dbt debug`."
            )
        self._limits_memory = self.is_bounded and "memory_limit" not in given
        self._readings, self._most, self._setting = 0, 0, threading.Lock()
        self._settings = {
            "TimeZone": "UTC",
            "preserve_insertion_order": "false",
            **(BOUNDS if self._limits_memory else {}),
            **{key: str(value) for key, value in given.items() if key in {"memory_limit", "temp_directory"}},
        }
        self._where = target.where

    @contextmanager
    def reading(self) -> Iterator[DuckDBReading]:
        """The file in one read-only transaction.

        Raises:
            WarehouseError: The file is absent, no database, or locked for longer than a few seconds.
        """
        connection = self._connect()
        try:
            self._count_reading(connection, 1)
            try:
                _begin(connection)
                yield DuckDBReading(connection)
            finally:
                self._count_reading(connection, -1)
        finally:
            connection.close()

    def _count_reading(self, connection: duckdb.DuckDBPyConnection, by: int) -> None:
        """Connections of a process to one file share one limit: it grows with each, and stays until the last is closed."""
        with self._setting:
            self._readings += by
            self._most = max(self._most, self._readings) if self._readings else 0
            if self._limits_memory and by > 0:
                connection.execute(f"set memory_limit = '{MEMORY_MB * self._most}MB'")

    def _connect(self) -> duckdb.DuckDBPyConnection:
        if not self.path.is_file():
            raise WarehouseError(
                f"{self.path}: expected the DuckDB file of the warehouse, got none", hint="Run `dbt build` first."
            )
        for attempt in range(LOCK_RETRIES):
            try:
                connection = duckdb.connect(str(self.path), read_only=True)
            except duckdb.IOException as error:
                if "Could not set lock" not in str(error):
                    raise self._unreadable(error) from error
                if attempt == LOCK_RETRIES - 1:
                    raise WarehouseError(
                        f"{self.path}: expected no other process to hold the file, got {_holder(str(error))}",
                        hint="Wait for it to end; a dbt build or an open DuckDB shell keeps every reader out.",
                    ) from error
                time.sleep(LOCK_WAIT_SECONDS)
            except duckdb.Error as error:
                raise self._unreadable(error) from error
            else:
                return self._configured(connection)
        raise AssertionError  # the loop returns or raises

    def _configured(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        for name, value in self._settings.items():
            text = exp.Literal.string(value).sql(dialect=DuckDBDialect.name)
            try:
                connection.execute(f"set {name} = {text}")
            except duckdb.Error as error:
                connection.close()
                raise WarehouseError(
                    f"{self._where}: settings: {name}: expected what DuckDB accepts, got {value!r}: {_first_line(error)}",
                    hint="Check it with `dbt debug`.",
                ) from error
        return connection

    def _unreadable(self, error: Exception) -> WarehouseError:
        return WarehouseError(
            f"{self.path}: expected a DuckDB file that this version ({duckdb.__version__}) reads, got: {_first_line(error)}",
            hint="Was it written by a newer DuckDB? Use the same version as dbt does.",
        )


class DuckDBReading(CountingReading):
    """One read-only transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(DuckDBDialect())
        self._connection = connection

    def now_us(self) -> int:
        """The machine's clock: DuckDB has no other."""
        ((now_us,),) = self._execute("select epoch_us(now())").fetchall()
        return int(now_us)

    def latest_rows(self, view: FeatureView, now_us: int, part: Part | None = None) -> Iterator[Batch]:
        """The newest due row of each entity, some thousand a batch; as columns where Arrow gives values as the driver does."""
        if self._has_repeated_entity(view, now_us, part):
            query = queries.latest_rows(view, self._dialect, now_us, part, greatest_first=True)
        else:
            query = queries.due_rows(view, self._dialect, now_us, part)
        sql = self._sql(query)
        if all(_is_plain(column) for column in (*view.join_keys, *view.features)):
            # A relation, for DuckDB 2 copies the result of `execute` before Arrow gets its first row.
            batches = _columns(view, self._run(partial(self._connection.sql, sql)))
        else:
            batches = _rows(view, self._execute(sql))
        try:
            yield from batches
        except duckdb.Error as error:
            raise _failed(error) from error

    def _has_repeated_entity(self, view: FeatureView, now_us: int, part: Part | None) -> bool:
        """A hash of the keys costs a fraction of a sort of the rows, and most tables hold one row an entity.

        Of a long history a part tells as much as the whole.
        """
        samples: list[int | None] = [None]
        if part is None:
            ((rows,),) = self._all(queries.rows(view))
            samples = [rows // SAMPLE_SHARE, None] if rows > SAMPLE_FROM_ROWS else samples
        return any(self._all(queries.repeated_entity(view, self._dialect, now_us, part, among=n)) for n in samples)

    def _has_null_keys(self, view: FeatureView) -> bool:
        # Row groups say whether they have nulls, so that this reads no key where there are none.
        ((count,),) = self._all(queries.null_keys(view))
        return bool(count)

    def _all(self, query: exp.Expression) -> list[Any]:
        # To the end, even of one row: DuckDB 2 lets nothing else run before.
        return self._execute(self._sql(query)).fetchall()

    def _execute(self, sql: str) -> duckdb.DuckDBPyConnection:
        return self._run(partial(self._connection.execute, sql))

    def _run(self, query: Callable[[], _Result]) -> _Result:
        try:
            return query()
        except duckdb.CatalogException as error:
            raise WarehouseError(
                f"warehouse: expected the relation of the manifest, got: {_first_line(error)}",
                hint="Run `dbt build` so that the warehouse holds what the manifest says.",
            ) from error
        except duckdb.Error as error:
            raise _failed(error) from error

    def _sql(self, query: exp.Expression) -> str:
        return query.sql(dialect=self._dialect.name)


def _begin(connection: duckdb.DuckDBPyConnection) -> None:
    try:
        connection.execute("begin transaction read only")
    except duckdb.Error as error:
        raise _failed(error) from error


def _rows(view: FeatureView, cursor: duckdb.DuckDBPyConnection) -> Iterator[Batch]:
    keys = len(view.join_keys)
    while batch := cursor.fetchmany(BATCH_ROWS):
        yield [LatestRow(row[:keys], row[keys], row[keys + 1], row[keys + 2] is True, row[keys + 3 :]) for row in batch]


def _columns(view: FeatureView, rows: duckdb.DuckDBPyRelation) -> Iterator[Batch]:
    keys = len(view.join_keys)
    for batch in _arrow_batches(rows):
        types = [str(field.type) for field in batch.schema]
        if any(name not in _ARROW_KINDS for name in (*types[:keys], *types[keys + 3 :])):
            # The table is not what its contract says: as the driver gives it, for the encoder to judge.
            given = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            yield [
                LatestRow(row[:keys], row[keys], row[keys + 1], row[keys + 2] is True, row[keys + 3 :]) for row in given
            ]
            continue
        columns = [column.to_pylist() for column in batch.columns]
        declared = [parse_type(feature.data_type).kind for feature in view.features]
        yield LatestColumns(
            columns[:keys],
            columns[keys],
            columns[keys + 1],
            columns[keys + 2] if view.tombstone else None,
            columns[keys + 3 :],
            [_ARROW_KINDS[name] == kind for name, kind in zip(types[keys + 3 :], declared, strict=True)],
        )


def _arrow_batches(rows: Any) -> Any:
    # The method has another name before DuckDB 1.5.
    return (getattr(rows, "to_arrow_reader", None) or rows.fetch_arrow_reader)(BATCH_ROWS)


def _is_plain(column: Column) -> bool:
    return parse_type(column.data_type).kind in _PLAIN_KINDS


def _failed(error: duckdb.Error) -> WarehouseError:
    if isinstance(error, duckdb.OutOfMemoryException):
        return WarehouseError(
            f"warehouse: expected a query that fits into memory_limit, got: {_first_line(error)}",
            hint="Raise memory_limit under `settings` of the target, or materialize the view as a table.",
        )
    return WarehouseError(f"warehouse: query failed: {_first_line(error)}", hint="Run `dbt build`, then try again.")


def _holder(message: str) -> str:
    found = re.search(r"held in (.+?) \(PID (\d+)\)", message)
    return f"process {found[2]} ({found[1]})" if found else "a lock"


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
