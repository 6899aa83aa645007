"""How far each view's online rows are behind the warehouse, and the warehouse behind the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from featurectl.errors import WarehouseError
from featurectl.online.entries import schema_of, service_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from featurectl.inspection.reader import OnlineReader
    from featurectl.registry import FeatureView, Registry
    from featurectl.warehouse.base import Reading, Warehouse
    from serving.format.catalog import Catalog, ServiceEntry, ViewEntry

Entry = Literal["current", "older", "newer", "retired", "absent"]
Freshness = Literal["pass", "warn", "error"]

_MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class ViewStatus:
    """One view, online and in the warehouse.

    Attributes:
        entry: The catalog's entry against the manifest: published from this one, an older or newer one, retired, or absent.
        has_schema: Whether the entry's features are those of the manifest.
        watermark_us: Greatest a = greatest(e, c) that the last successful sync has read; None without one.
        last_success: When that sync finished (ISO 8601, UTC).
        counts: Its rows by what became of them.
        warehouse_us: Greatest a that is due in the warehouse now; None where nothing is.
        rows_due: Rows that are due there.
        age_seconds: Of that newest row.
        freshness: The age against `warn_after` and `error_after`; None without a limit or a row.
        problem: Why the warehouse could not be read.
    """

    view: str
    entry: Entry
    has_schema: bool
    watermark_us: int | None
    last_success: str | None
    counts: dict[str, int]
    warehouse_us: int | None = None
    rows_due: int | None = None
    age_seconds: float | None = None
    freshness: Freshness | None = None
    problem: str | None = None

    @property
    def lag_seconds(self) -> float | None:
        """How far the newest row online is behind the newest due one; None where either side has none."""
        if self.watermark_us is None or self.warehouse_us is None:
            return None
        return max(0, self.warehouse_us - self.watermark_us) / _MICROS

    @property
    def is_stale(self) -> bool:
        """Whether look-ups answer less than the warehouse knows, or the warehouse itself is too old or cannot be read."""
        is_behind = self.lag_seconds is None or self.lag_seconds > 0
        return is_behind or self.entry == "absent" or self.freshness == "error" or self.problem is not None


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One feature service of the manifest.

    Attributes:
        has_list: Whether the features online are those of the manifest.
    """

    service: str
    entry: Entry
    has_list: bool


def view_statuses(
    views: Sequence[FeatureView],
    registry: Registry,
    warehouse: Warehouse,
    reader: OnlineReader,
    as_of_us: int | None = None,
) -> list[ViewStatus]:
    """The status of each view; one whose relation cannot be read says so, and the others are told all the same.

    Args:
        as_of_us: The instant in the place of the warehouse's now, UTC microseconds since 1970.

    Raises:
        WarehouseError: The warehouse cannot be reached.
        OnlineStoreError: Nor the store.
    """
    catalog = reader.catalog()
    found = []
    for view in views:
        # A reading each: in PostgreSQL a query that failed ends its transaction.
        with warehouse.reading() as reading:
            now_us = reading.now_us() if as_of_us is None else as_of_us
            found.append(_view_status(view, registry, reading, reader, catalog, now_us))
    return found


def service_statuses(registry: Registry, reader: OnlineReader) -> list[ServiceStatus]:
    """The status of each service of the manifest.

    Raises:
        OnlineStoreError: The store cannot be reached.
    """
    catalog = reader.catalog()
    found = []
    for service in registry.services:
        entry = catalog.services.get(service.name) if catalog else None
        has_list = entry is not None and service_entry(service, entry.published).features == entry.features
        found.append(ServiceStatus(service.name, _entry(entry, registry), has_list))
    return found


def _view_status(
    view: FeatureView,
    registry: Registry,
    reading: Reading,
    reader: OnlineReader,
    catalog: Catalog | None,
    now_us: int,
) -> ViewStatus:
    entry = catalog.views.get((view.name, view.version)) if catalog else None
    state = reader.state(view.name, view.version)
    online = (
        view.reference_name,
        _entry(entry, registry),
        entry is not None and entry.schema_id == f"{schema_of(view).id:08x}",
        state.watermark_us if state else None,
        state.last_success if state else None,
        dict(state.counts) if state else {},
    )
    try:
        stock = reading.stock(view, now_us)
    except WarehouseError as error:
        return ViewStatus(*online, problem=str(error))
    if stock.watermark_us is None:
        return ViewStatus(*online, rows_due=0)
    age_seconds = (now_us - stock.watermark_us) / _MICROS
    return ViewStatus(*online, stock.watermark_us, stock.due, age_seconds, _freshness(view, age_seconds))


def _freshness(view: FeatureView, age_seconds: float) -> Freshness | None:
    warn, error = view.freshness.warn_after_seconds, view.freshness.error_after_seconds
    if warn is None and error is None:
        return None
    if error is not None and age_seconds > error:
        return "error"
    return "warn" if warn is not None and age_seconds > warn else "pass"


def _entry(entry: ViewEntry | ServiceEntry | None, registry: Registry) -> Entry:
    if entry is None:
        return "absent"
    if entry.retired_at is not None:
        return "retired"
    generated_at = entry.published.generated_at
    if generated_at == registry.generated_at:
        return "current"
    return "older" if generated_at < registry.generated_at else "newer"
