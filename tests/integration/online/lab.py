"""One view whose warehouse, builds and syncs a test decides, without dbt; and what its look-ups must answer."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from featurectl.manifest import Relation
from featurectl.online.options import Options
from featurectl.online.sync import sync
from featurectl.online.writers import open_writer
from featurectl.registry import Column, FeatureView, Freshness, Registry
from featurectl.warehouse.duckdb import DuckDBWarehouse
from featurectl.warehouse.profile import Target
from serving.format.keys import KeySpace
from serving.format.rows import decode_header, decode_values, is_tombstone

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from featurectl.online.report import ViewReport

NAMESPACE = "lab:test"
KEYS = KeySpace(NAMESPACE)
SECOND = 1_000_000
HOUR = 3600 * SECOND
START = 1_700_000_000 * SECOND

VIEW = FeatureView(
    unique_id="model.lab.readings",
    name="readings",
    version=0,
    is_latest=True,
    package="lab",
    description="",
    path="models/readings.yml",
    relation=Relation("lab", "main", "readings"),
    materialized="incremental",
    entity="meter",
    columns=(),
    join_keys=(Column("meter", "varchar"),),
    event_timestamp=Column("read_at", "timestamp"),
    created_timestamp=Column("known_at", "timestamp"),
    tombstone=Column("is_gone", "boolean"),
    features=(Column("watts", "bigint"),),
    ttl_seconds=None,
    online=True,
    defaults={},
    freshness=Freshness(None, None),
    lookback_seconds=0,
    loaded_at=None,
    owner=None,
    access="protected",
    tags=(),
    deprecation_date=None,
    compiled_code="select 1",
    depends_on=(),
)


@dataclass
class Row:
    """One row of the warehouse; times in microseconds since START."""

    meter: str
    read_at: int
    known_at: int | None = None
    watts: int | None = 0
    is_gone: bool = False
    loaded_at: int | None = None

    @property
    def order(self) -> tuple[int, int]:
        return (self.read_at, self.read_at if self.known_at is None else self.known_at)

    @property
    def visible_at(self) -> int:
        return max(self.order)


@dataclass
class Lab:
    """A DuckDB file, a store, a view."""

    folder: Path
    url: str
    view: FeatureView = VIEW
    generated_at: str = "2026-01-01T00:00:00Z"
    reports: list[ViewReport] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return self.folder / "lab.duckdb"

    def build(self, rows: Iterable[Row]) -> None:
        """Make the warehouse hold these rows."""
        rows = list(rows)
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(
                "create or replace table readings (meter varchar, read_at timestamp, known_at timestamp, watts bigint, is_gone boolean, loaded_at timestamp)"
            )
            columns = {
                "meter": pa.array([row.meter for row in rows], pa.string()),
                "read_at": pa.array([START + row.read_at for row in rows], pa.int64()),
                "known_at": pa.array(
                    [None if row.known_at is None else START + row.known_at for row in rows], pa.int64()
                ),
                "watts": pa.array([row.watts for row in rows], pa.int64()),
                "is_gone": pa.array([row.is_gone for row in rows], pa.bool_()),
                "loaded_at": pa.array(
                    [None if row.loaded_at is None else START + row.loaded_at for row in rows], pa.int64()
                ),
            }
            connection.register("given", pa.table(columns))
            connection.execute(
                "insert into readings select meter, make_timestamp(read_at), make_timestamp(known_at), watts, is_gone, "
                "make_timestamp(loaded_at) from given"
            )

    def sync(self, now: int, **options: Any) -> ViewReport:
        """Sync as of an instant (microseconds since START)."""
        warehouse = self.warehouse()
        registry = Registry("lab", "duckdb", self.generated_at, "run", "1.11", (self.view,), (), (), ())
        given = self.options(now, **options)
        outcome = sync(registry, [self.view], warehouse, partial(open_writer, self.url, NAMESPACE), KEYS, given)
        (report,) = outcome.views
        self.reports.append(report)
        return report

    def warehouse(self) -> DuckDBWarehouse:
        """Of the file that `build` makes."""
        return DuckDBWarehouse(Target("lab", "test", True, "duckdb", {"path": str(self.path)}, "lab"), self.folder)

    def options(self, now: int, **options: Any) -> Options:
        """Those of a sync as of an instant (microseconds since START)."""
        return Options(target="test", as_of_us=START + now, **options)

    def change(self, **attributes: Any) -> None:
        """Another declaration of the view."""
        self.view = replace(self.view, **attributes)

    def stored(self) -> dict[str, tuple[int, int, Any]]:
        """Meter to (e, c, watts or "gone") of every row in the store."""
        with closing(open_writer(self.url, NAMESPACE)) as writer:
            keys = sorted(set(writer.scan_keys("readings", 0)))
            rows = writer.read_rows(keys)
        found = {}
        for key, row in zip(keys, rows, strict=True):
            header = decode_header(row, key)
            value = "gone" if is_tombstone(row) else decode_values(row, key, 1)[0]
            found[key.partition("{")[2][:-1]] = (header.event_us - START, header.created_us - START, value)
        return found

    def state(self) -> Any:
        with closing(open_writer(self.url, NAMESPACE)) as writer:
            return writer.read_state("readings", 0)

    def unlock(self) -> None:
        """As time would."""
        with closing(open_writer(self.url, NAMESPACE)) as writer:
            if self.url.startswith("sqlite"):
                writer._connection.execute("delete from locks")
            else:
                writer._client.delete(KEYS.lock("readings", 0))


def joined(rows: Iterable[Row], now: int) -> dict[str, tuple[int, int, Any]]:
    """The point-in-time join at an instant, in plain Python: the rules of the design, one row after another."""
    newest: dict[str, Row] = {}

    def rank(row: Row) -> tuple[Any, ...]:
        return (*row.order, row.watts is not None, row.watts or 0, row.is_gone)

    for row in rows:
        if row.visible_at <= now and (row.meter not in newest or rank(row) > rank(newest[row.meter])):
            newest[row.meter] = row
    return {meter: (*row.order, "gone" if row.is_gone else row.watts) for meter, row in newest.items()}
