"""Any engine with a dbt adapter, through dbt's own connection."""

from __future__ import annotations

import itertools
import re
import struct
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from dbt.adapters.factory import FACTORY
from dbt.adapters.sql.connections import SQLConnectionManager
from dbt.mp_context import get_mp_context
from dbt_common.dataclass_schema import ValidationError
from dbt_common.exceptions import DbtBaseException
from sqlglot import exp

from featurectl.errors import WarehouseError
from featurectl.warehouse import queries
from featurectl.warehouse.base import LatestRow
from featurectl.warehouse.counting import CountingReading
from serving.format.types import parse_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from featurectl.registry import FeatureView
    from featurectl.warehouse.base import Part
    from featurectl.warehouse.profile import Target
    from featurectl.warehouse.queries import Dialect
    from serving.format.types import WireType

BATCH_ROWS = 5_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FLOAT32 = struct.Struct("f")
_FOLDED = re.compile(r'"([a-z_][a-z0-9_]*)"')


@dataclass(frozen=True)
class _Config:
    """What an adapter asks of a project; we have its target alone."""

    credentials: Any
    profile_name: str
    target_name: str
    threads: int = 1
    project_name: str = "featurectl"
    query_comment: Any = None
    cli_vars: dict[str, Any] = field(default_factory=dict)
    target_path: str = "target"
    log_cache_events: bool = False


class AdapterWarehouse:
    """What a target of dbt connects to.

    Args:
        target: Of any type whose adapter is installed.
        dialect: Of the engine.

    Raises:
        WarehouseError: The adapter is not installed, cannot be streamed from, or does not take the target's keys.
    """

    def __init__(self, target: Target, dialect: Dialect) -> None:
        self._where = target.where
        self._dialect = dialect
        given = {key: value for key, value in target.settings.items() if key not in ("type", "threads")}
        with self._explained("expected a target that its adapter takes", f"Is dbt-{target.adapter_type} installed?"):
            credentials_class: Any = FACTORY.load_plugin(target.adapter_type)
            settings = credentials_class.translate_aliases(given)
            credentials_class.validate(settings)
            credentials = credentials_class.from_dict(settings)
        adapter_class: Any = FACTORY.get_adapter_class_by_name(target.adapter_type)
        if not issubclass(adapter_class.ConnectionManager, SQLConnectionManager):
            raise WarehouseError(
                f"{target.where}: type: expected an adapter with an SQL cursor, got {target.adapter_type!r}",
                hint="Sync from a copy of the feature views in a warehouse that has one.",
            )
        self._adapter = adapter_class(_Config(credentials, target.profile, target.name), get_mp_context())
        self.database: str | None = getattr(credentials, "database", None)

    @contextmanager
    def reading(self) -> Iterator[AdapterReading]:
        """A connection of dbt's, in a transaction where the engine has them; whatever was begun is rolled back.

        Raises:
            WarehouseError: The warehouse cannot be reached.
        """
        manager = self._adapter.connections
        try:
            with self._explained("expected a warehouse that lets us in", "Check it with `dbt debug`."):
                connection = self._adapter.acquire_connection("featurectl")
                connection.handle  # noqa: B018 - dbt connects when it is first asked for
                manager.begin()
            try:
                yield AdapterReading(manager, self._dialect)
            finally:
                manager.close(connection)
        finally:
            manager.clear_thread_connection()

    @contextmanager
    def _explained(self, expected: str, hint: str) -> Iterator[None]:
        try:
            yield
        except (DbtBaseException, ValidationError) as error:
            raise WarehouseError(f"{self._where}: {expected}, got: {_first_line(error)}", hint=hint) from error


class AdapterReading(CountingReading):
    """One connection of dbt's."""

    def __init__(self, manager: Any, dialect: Dialect) -> None:
        super().__init__(dialect)
        self._manager = manager

    def now_us(self) -> int:
        """The warehouse's clock."""
        clock = self._dialect.micros(exp.CurrentTimestamp(), "timestamp with time zone")
        return int(self._all(exp.select(clock))[0][0])

    def latest_rows(self, view: FeatureView, now_us: int, part: Part | None = None) -> Iterator[list[LatestRow]]:
        """The newest due row of each entity, in batches where the adapter's cursor has them, else all at once.

        Timestamps are fetched as microseconds: what a driver makes of them may depend on its time zone.
        """
        keys = len(view.join_keys)
        columns = (*view.join_keys, None, None, None, *view.features)
        query = queries.latest_rows(view, self._dialect, now_us, part)
        restored: dict[int, Callable[[Any], Any]] = {}
        for place, column in enumerate(columns):
            if column is None:
                continue
            restore = _restoring(parse_type(column.data_type))
            if restore in (_naive, _zoned):
                name = query.expressions[place]
                micros = self._dialect.micros(name.copy(), column.data_type)
                name.replace(exp.alias_(micros, name.name, quoted=True))
            if restore is not None:
                restored[place] = restore
        for batch in self._batches(query):
            rows = [list(row) for row in batch]
            for row in rows:
                for place, restore in restored.items():
                    row[place] = None if row[place] is None else restore(row[place])
            yield [
                LatestRow(row[:keys], int(row[keys]), int(row[keys + 1]), row[keys + 2] is True, row[keys + 3 :])
                for row in rows
            ]

    def _all(self, query: exp.Expression) -> list[Any]:
        return list(itertools.chain.from_iterable(self._batches(query)))

    def _batches(self, query: exp.Expression) -> Iterator[Sequence[Any]]:
        sql = self._sql(query)
        try:
            with self._manager.exception_handler(sql):
                _, cursor = self._manager.add_query(sql, auto_begin=False, abridge_sql_log=True)
                yield from _fetched(cursor)
        except DbtBaseException as error:
            raise WarehouseError(
                f"warehouse: query failed: {_first_line(error)}",
                hint="Run `dbt build` so that the warehouse holds what the manifest says.",
            ) from error

    def _sql(self, query: exp.Expression) -> str:
        sql = query.sql(dialect=self._dialect.name)
        # dbt leaves names unquoted on Snowflake, which then stores them in upper case.
        return _FOLDED.sub(lambda name: name[0].upper(), sql) if self._dialect.name == "snowflake" else sql


def _fetched(cursor: Any) -> Iterator[Sequence[Any]]:
    """The rows of a DB-API cursor; dbt-spark wraps its own, of which only the wrapped one streams."""
    inner = getattr(cursor, "_cursor", None) or cursor
    frame = getattr(inner, "_df", None)
    if frame is not None:
        rows = frame.toLocalIterator()  # a partition at a time
        while batch := list(itertools.islice(rows, BATCH_ROWS)):
            yield batch
    elif hasattr(inner, "fetchmany"):
        while batch := inner.fetchmany(BATCH_ROWS):
            yield batch
    else:
        yield inner.fetchall()


def _restoring(wire_type: WireType) -> Callable[[Any], Any] | None:
    """What makes of a fetched value the one that every other engine gives; None where it is already."""
    if wire_type.item is not None and wire_type.item.kind == "float32":
        return _float32s
    return {"timestamp": _naive, "timestamptz": _zoned, "float32": _float32}.get(wire_type.kind)


def _zoned(micros: Any) -> datetime | int:
    """The instant; the number itself, which no timestamp takes, where Python has none."""
    try:
        return _EPOCH + timedelta(microseconds=int(micros))
    except OverflowError:
        return int(micros)


def _naive(micros: Any) -> datetime | int:
    value = _zoned(micros)
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _float32(value: Any) -> float:
    """Drivers that read text make 0.1 of the float32 that is 0.10000000149011612."""
    number: float = _FLOAT32.unpack(_FLOAT32.pack(value))[0]
    return number


def _float32s(values: Sequence[Any]) -> list[float | None]:
    return [None if value is None else _float32(value) for value in values]


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
    return " ".join(lines[:3])
