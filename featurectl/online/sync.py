"""Copy the newest due row of each entity to the online store: data, then the catalog, then the watermark."""

from __future__ import annotations

import hashlib
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from featurectl.errors import FeaturectlError, OnlineStoreError
from featurectl.online.encoding import Encoder
from featurectl.online.entries import schema_of, service_entry, view_entry
from featurectl.online.report import ViewReport
from serving.format.catalog import Published
from serving.format.rows import ROW_FORMAT
from serving.format.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from featurectl.online.writers.base import Lock, OnlineWriter
    from featurectl.registry import FeatureService, FeatureView, Registry
    from featurectl.warehouse.base import Reading, Warehouse
    from serving.format.catalog import Catalog
    from serving.format.keys import KeySpace

LOCK_MS = 60_000
RENEW_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Options:
    """How to sync.

    Attributes:
        as_of_us: The instant in the place of now, UTC microseconds since 1970; None means the warehouse's clock.
        force: Publish although a newer manifest has published the view.
        accept_breaking: Replace a service's list of features by another one.
    """

    target: str
    git_commit: str | None = None
    as_of_us: int | None = None
    force: bool = False
    accept_breaking: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a whole sync did.

    Attributes:
        warnings: What was left as it is, and why; the sync succeeded all the same.
    """

    views: list[ViewReport]
    services: list[str]
    warnings: list[str]


def sync(
    registry: Registry,
    views: Sequence[FeatureView],
    warehouse: Warehouse,
    writer: OnlineWriter,
    keyspace: KeySpace,
    options: Options,
    on_progress: Callable[[ViewReport], None] = lambda _: None,
) -> Outcome:
    """Publish the given views, then every service whose views are all in the catalog.

    A view that fails never stops the others; its report says why. A store or warehouse that fails on the way is reported
    the same way.

    Args:
        registry: Of the manifest.
        views: Those to publish; each has `online` set.
        on_progress: Called after each batch with the report so far, and once more when the view is done.

    Raises:
        OnlineStoreError: The store cannot be reached before the first view, or to publish the services.
    """
    published = Published(
        project=registry.project,
        target=options.target,
        generated_at=registry.generated_at,
        invocation_id=registry.invocation_id,
        git_commit=options.git_commit,
        synced_at=_iso_now(),
    )
    catalog = writer.read_catalog()
    reports = []
    for view in views:
        report = ViewReport(view.reference_name)
        started = time.monotonic()
        try:
            _require_not_older(view, published, catalog, options)
            _require_what_services_use(view, catalog, options)
            with warehouse.reading() as reading:
                _Publication(view, reading, writer, keyspace, options, published).run(report, on_progress)
        except FeaturectlError as error:
            report.problems.append(str(error))
            report.hint = error.hint
        report.seconds = time.monotonic() - started
        on_progress(report)
        reports.append(report)
    services, warnings = _publish_services(registry.services, writer, published, options)
    return Outcome(reports, services, warnings)


class _Publication:
    """One view, under its lock."""

    def __init__(
        self,
        view: FeatureView,
        reading: Reading,
        writer: OnlineWriter,
        keyspace: KeySpace,
        options: Options,
        published: Published,
    ) -> None:
        self._view = view
        self._reading = reading
        self._writer = writer
        self._entry = view_entry(view, published)  # before anything is written: a default may be refused
        self._now_us = reading.now_us() if options.as_of_us is None else options.as_of_us
        self._encoder = Encoder(view, keyspace, self._now_us)
        self._renewed = time.monotonic()

    def run(self, report: ViewReport, on_progress: Callable[[ViewReport], None]) -> None:
        """Data, then the catalog, then the state with the watermark: a crash in between is repaired by the next run."""
        stock = self._reading.stock(self._view, self._now_us)
        report.null_keys = stock.null_keys
        if not stock.due:
            raise _nothing_due(self._view, stock.rows, self._now_us)
        lock = self._writer.acquire_lock(self._view.name, self._view.version, ttl_ms=LOCK_MS)
        try:
            self._writer.put_schema(self._view.name, schema_of(self._view))
            self._write_rows(lock, report, on_progress)
            self._writer.publish_catalog([self._entry])
            if report.rejected:
                report.problems += self._encoder.problems
                report.hint = f"{report.rejected} rows were not written: mend their values or the declared types."
                return
            report.watermark_us = stock.watermark_us
            self._writer.write_state(lock, self._state(report))
        finally:
            self._writer.release_lock(lock)

    def _write_rows(self, lock: Lock, report: ViewReport, on_progress: Callable[[ViewReport], None]) -> None:
        for batch in self._reading.latest_rows(self._view, self._now_us):
            rows = self._encoder.rows(batch)
            result = self._writer.put_rows(lock, rows)
            report.rows_read += len(batch)
            report.written += result.written
            report.skipped_older += result.skipped_older
            report.bytes += sum(len(row.row) for row in rows)
            report.expired = self._encoder.expired
            report.rejected = self._encoder.rejected
            if time.monotonic() - self._renewed > RENEW_SECONDS:
                self._writer.renew_lock(lock, ttl_ms=LOCK_MS)
                self._renewed = time.monotonic()
            on_progress(report)

    def _state(self, report: ViewReport) -> State:
        code = self._view.compiled_code or ""
        return State(
            run_id=str(uuid.uuid4()),
            last_success=_iso_now(),
            schema_id=self._entry.schema_id,
            format=ROW_FORMAT,
            watermark_us=report.watermark_us,
            counts=report.counts(),
            replication_id=self._writer.replication_id(),
            code_checksum=hashlib.sha256(code.encode()).hexdigest(),
        )


def _publish_services(
    services: Sequence[FeatureService], writer: OnlineWriter, published: Published, options: Options
) -> tuple[list[str], list[str]]:
    """Services whose views are in the catalog; a newer one, or another list of features, is kept until told."""
    catalog = writer.read_catalog()
    known = catalog.views if catalog else {}
    entries, warnings = [], []
    for service in services:
        missing = sorted(
            {
                f"{feature.view}@{feature.version}"
                for feature in service.features
                if (feature.view, feature.version) not in known
            }
        )
        if missing:
            warnings.append(
                f"service {service.name}: not published, for these views are not online yet: {', '.join(missing)}"
            )
            continue
        entry = service_entry(service, published)
        online = catalog.services.get(service.name) if catalog else None
        if online is not None and online.published.generated_at > published.generated_at and not options.force:
            warnings.append(
                f"service {service.name}: a newer manifest has published it; that one is kept. Publish this one with --force."
            )
            continue
        if online is not None and online.features != entry.features and not options.accept_breaking:
            warnings.append(
                f"service {service.name}: its list of features has changed; the old one is kept. Publish the new one with --accept-breaking."
            )
            continue
        entries.append(entry)
    if entries:
        writer.publish_catalog(entries)
    return [entry.name for entry in entries], warnings


def _require_not_older(view: FeatureView, published: Published, catalog: Catalog | None, options: Options) -> None:
    online = catalog.views.get((view.name, view.version)) if catalog else None
    if online is not None and online.published.generated_at > published.generated_at and not options.force:
        raise OnlineStoreError(
            f"{view.reference_name}: expected a manifest not older than the one that published it "
            f"({online.published.generated_at}), got {published.generated_at}",
            hint="Build again from the newer code, or publish the older one with --force.",
        )


def _require_what_services_use(view: FeatureView, catalog: Catalog | None, options: Options) -> None:
    """A service keeps its old list until told, so nothing on that list may go away under it."""
    features = {feature.name for feature in view.features}
    for service in catalog.services.values() if catalog and not options.accept_breaking else ():
        for used in service.features:
            if (used.view, used.version) == (view.name, view.version) and used.feature not in features:
                raise OnlineStoreError(
                    f"{view.reference_name}: expected the feature {used.feature!r} that the service {service.name!r} uses "
                    f"online, got only: {', '.join(sorted(features))}",
                    hint="Keep it, make a new version of the view, or break the service with --accept-breaking.",
                )


def _nothing_due(view: FeatureView, rows: int, now_us: int) -> FeaturectlError:
    now = datetime.fromtimestamp(now_us // 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    got = "an empty table" if not rows else f"none of its {rows} rows"
    return FeaturectlError(
        f"{view.reference_name}: {view.relation}: expected rows known by {now}, got {got}",
        hint="Run `dbt build` for the view, or check its event and created timestamps. Nothing was changed online.",
    )


def _iso_now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
