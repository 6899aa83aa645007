"""Copy the newest due row of each entity to the online store, view by view, then publish the services."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from featurectl.errors import FeaturectlError
from featurectl.online.keeper import held_lock
from featurectl.online.publication import Destination, Publication, iso_now
from featurectl.online.quality import require_quality
from featurectl.online.report import ViewReport
from featurectl.online.services import publish_services, require_not_older, require_unbroken
from featurectl.plan.deprecation import deprecation
from featurectl.plan.description import describe_catalog, describe_registry
from serving.format.catalog import Published

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from featurectl.online.options import Options
    from featurectl.online.writers.base import Lock, OnlineWriter
    from featurectl.registry import FeatureView, Registry
    from featurectl.warehouse.base import Warehouse
    from serving.format.keys import KeySpace


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a whole sync did.

    Attributes:
        warnings: What was left as it is, and why; the sync succeeded all the same.
        refusals: Services and views that were left as they are because the change would break something.
    """

    views: list[ViewReport]
    services: list[str]
    warnings: list[str]
    refusals: list[str]


def sync(
    registry: Registry,
    views: Sequence[FeatureView],
    warehouse: Warehouse,
    open_writer: Callable[[], OnlineWriter],
    keyspace: KeySpace,
    options: Options,
    on_progress: Callable[[ViewReport], None] = lambda _: None,
    on_done: Callable[[ViewReport], None] = lambda _: None,
) -> Outcome:
    """Publish the given views, then every service whose views are all in the catalog.

    A view that fails never stops the others; its report says why. One whose change breaks something, by the rule that
    `featurectl plan` uses, is not touched unless the options accept it. A store or warehouse that fails on the way is reported
    the same way.

    Args:
        registry: Of the manifest.
        views: Those to publish; each has `online` set.
        open_writer: Opens a connection to the namespace; each thread, and each lock's keeper, has its own.
        on_progress: Called with the report so far when a view begins, after each batch, and when it is done; from several threads
            where the options say so.
        on_done: Called with each view's report, in the order of the views, as soon as it and those before it are done; from
            the caller's thread.

    Raises:
        OnlineStoreError: The store cannot be reached before the first view, or to publish the services.
    """
    published = Published(
        project=registry.project,
        target=options.target,
        generated_at=registry.generated_at,
        invocation_id=registry.invocation_id,
        git_commit=options.git_commit,
        synced_at=iso_now(),
    )
    with closing(open_writer()) as writer:
        before, after = describe_catalog(writer.read_catalog()), describe_registry(registry, only_online=True)

        def writing() -> AbstractContextManager[OnlineWriter]:
            return nullcontext(writer) if options.threads == 1 else closing(open_writer())

        def locked(view: FeatureView, writer: OnlineWriter) -> AbstractContextManager[Lock | None]:
            return nullcontext() if options.dry_run else held_lock(writer, open_writer, view.name, view.version)

        def allow(view: FeatureView, writer: OnlineWriter) -> None:
            catalog = writer.read_catalog()  # anew: another sync may have published since this one began
            require_not_older(view, published, catalog, options)
            require_unbroken(view, describe_catalog(catalog), after, options)

        def publish(view: FeatureView) -> ViewReport:
            doubt = options.doubts.get(view.unique_id)
            warnings = [doubt] if doubt else []
            warnings += deprecation(after, (view.name, view.version), datetime.now(UTC))
            report = ViewReport(view.reference_name, warnings=warnings)
            with _reported(report, on_progress):
                require_quality(view, options)
                with writing() as own, locked(view, own) as lock:
                    allow(view, own)
                    # Under the lock: what is read is then no older than what the last sync has read.
                    with warehouse.reading() as reading:
                        publication = Publication(
                            view, reading, Destination(own, keyspace), options, published, report, on_progress
                        )
                        publication.run(lock) if lock else publication.preview()
            return report

        def each() -> Iterator[ViewReport]:
            if options.threads == 1:
                yield from map(publish, views)
                return
            with ThreadPoolExecutor(options.threads) as pool:
                yield from pool.map(publish, views)

        reports = []
        for report in each():
            reports.append(report)
            on_done(report)
        if options.dry_run:
            return Outcome(reports, [], [], [])
        services = publish_services(registry, writer, published, options, before)
        return Outcome(reports, services.published, services.warnings, services.refusals)


@contextmanager
def _reported(report: ViewReport, on_progress: Callable[[ViewReport], None]) -> Iterator[None]:
    """Whatever goes wrong with a view stands in its report."""
    started = time.monotonic()
    on_progress(report)
    try:
        yield
    except FeaturectlError as error:
        where = f"{report.view}: "
        report.problems.append(where + str(error).removeprefix(where))  # a warehouse's error names no view
        report.hint = error.hint
    report.seconds = time.monotonic() - started
    on_progress(report)
