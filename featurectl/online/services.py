"""What the catalog says besides the views just published: services, and what the manifest no longer names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from featurectl.errors import OnlineStoreError
from featurectl.online.entries import service_entry
from featurectl.plan.compare import list_breaking, view_details, view_removal
from featurectl.plan.description import describe_registry
from serving.format.catalog import ViewEntry

if TYPE_CHECKING:
    from featurectl.online.options import Options
    from featurectl.online.writers.base import OnlineWriter
    from featurectl.plan.description import Description
    from featurectl.registry import FeatureService, FeatureView, Registry
    from serving.format.catalog import Catalog, Published, ServiceEntry

ACCEPT_HINT = (
    "See `featurectl plan`. Keep what is used, make a new version of the view, or break it with --accept-breaking."
)


@dataclass(frozen=True, slots=True)
class Services:
    """What became of the services and of what the manifest no longer names.

    Attributes:
        published: Names of the services published.
        warnings: What was left as it is, and why.
        refusals: What was left as it is because it would break something.
    """

    published: list[str]
    warnings: list[str]
    refusals: list[str]


def publish_services(
    registry: Registry, writer: OnlineWriter, published: Published, options: Options, before: Description
) -> Services:
    """Publish services whose views are in the catalog; a newer one, or another list of features, is kept until told.

    Views and services that the manifest no longer names are marked as retired, for `gc`; a view that a service kept online
    uses is not.

    Args:
        before: What was online before any view of this sync was published.
    """
    catalog = writer.read_catalog()
    after = describe_registry(registry, only_online=True)
    entries, warnings, refusals = [], [], []
    for service in registry.services:
        absent = _absent(service, catalog)
        if absent:
            warnings.append(f"service {service.name}: not published, for {absent}")
            continue
        entry = service_entry(service, published)
        online = catalog.services.get(service.name) if catalog else None
        if online is not None and online.published.generated_at > published.generated_at and not options.force:
            warnings.append(
                f"service {service.name}: a newer manifest has published it; that one is kept. Publish this one with --force."
            )
            continue
        old = before.services.get(service.name)
        breaking = list_breaking(old, after.services[service.name]) if old is not None else None
        if breaking is not None and not options.accept_breaking:
            refusals.append(f"service {service.name}: {breaking.reason}; the old list is kept")
            continue
        entries.append(entry)
    retired = _retired(registry, catalog, published, entries) if catalog else []
    named = {(entry.name, entry.version) for entry in retired if isinstance(entry, ViewEntry)}
    for key, view in before.views.items():
        if view.retired_at or key in after.views or key in named:
            continue
        if removal := view_removal(before, after, key):
            # Accepted and still used: the service could not be moved off it, so it is kept all the same.
            said = warnings if options.accept_breaking else refusals
            said.append(f"view {view.reference_name}: {removal}; it stays online")
    superseded = _superseded(registry, catalog, published, retired) if catalog else []
    if entries or retired or superseded:
        writer.publish_catalog([*entries, *retired, *superseded])
    warnings += [f"{_named(entry)}: no longer in the manifest; `featurectl gc` removes it in time" for entry in retired]
    return Services([entry.name for entry in entries], warnings, refusals)


def keep_latest(entry: ViewEntry, catalog: Catalog | None) -> ViewEntry:
    """The entry to publish: a version that is the latest online stays it until the new one is there (`publish_services`).

    So an unpinned name means some version at every moment of a move, and the old one where the new one is not published.
    """
    online = catalog.views.get((entry.name, entry.version)) if catalog else None
    is_latest = entry.is_latest or (online is not None and online.is_latest)
    return msgspec.structs.replace(entry, is_latest=is_latest)


def _superseded(
    registry: Registry, catalog: Catalog, published: Published, retired: list[ViewEntry | ServiceEntry]
) -> list[ViewEntry]:
    """Entries that go on as the latest version though the manifest's is online as that: without the mark."""
    latest = {(view.name, view.version) for view in registry.views if view.is_latest}
    moved = {name for name, version in latest if (at := catalog.views.get((name, version))) and at.is_latest}
    now = {entry.field: entry for entry in retired if isinstance(entry, ViewEntry)}
    return [
        msgspec.structs.replace(now.get(entry.field, entry), is_latest=False)
        for key, entry in catalog.views.items()
        if entry.is_latest and entry.name in moved and key not in latest and _is_ours(entry, published)
    ]


def _is_ours(entry: ViewEntry | ServiceEntry, published: Published) -> bool:
    """Whether this project's manifest, or an older one, published it."""
    by = entry.published
    return by.project == published.project and by.generated_at <= published.generated_at


def _absent(service: FeatureService, catalog: Catalog | None) -> str | None:
    """Which of the service's views, or else features, the catalog lacks."""
    known = catalog.views if catalog else {}
    missing = sorted({f.reference.partition(":")[0] for f in service.features if (f.view, f.version) not in known})
    if missing:
        return f"these views are not online yet: {', '.join(missing)}"
    lacking = [f.reference for f in service.features if f.feature not in dict(known[f.view, f.version].features)]
    return f"these features are not online yet: {', '.join(lacking)}" if lacking else None


def _named(entry: ViewEntry | ServiceEntry) -> str:
    return f"view {entry.reference}" if isinstance(entry, ViewEntry) else f"service {entry.name}"


def _retired(
    registry: Registry, catalog: Catalog, published: Published, entries: list[ServiceEntry]
) -> list[ViewEntry | ServiceEntry]:
    """Entries of this project, of no newer manifest, that are named no more and that no service kept online uses."""
    services = {service.name for service in registry.services}
    kept = {**catalog.services, **{entry.name: entry for entry in entries}}
    used = {
        (feature.view, feature.version)
        for service in kept.values()
        if service.name in services
        for feature in service.features
    }
    named = {(view.name, view.version) for view in registry.views if view.online} | used
    gone: list[ViewEntry | ServiceEntry] = [view for at, view in catalog.views.items() if at not in named]
    gone += [service for name, service in catalog.services.items() if name not in services]
    return [
        msgspec.structs.replace(entry, retired_at=published.synced_at)
        for entry in gone
        if entry.retired_at is None and _is_ours(entry, published)
    ]


def require_not_older(view: FeatureView, published: Published, catalog: Catalog | None, options: Options) -> None:
    """Refuse to publish a view from an older manifest than the one that published it."""
    online = catalog.views.get((view.name, view.version)) if catalog else None
    if online is not None and online.published.generated_at > published.generated_at and not options.force:
        raise OnlineStoreError(
            f"{view.reference_name}: expected a manifest not older than the one that published it "
            f"({online.published.generated_at}), got {published.generated_at}",
            hint="Build again from the newer code, or publish the older one with --force.",
        )


def require_unbroken(view: FeatureView, before: Description, after: Description, options: Options) -> None:
    """Refuse a view whose change breaks a client of it, as `featurectl plan` says, unless told."""
    details = view_details(before, after, (view.name, view.version))
    breaking = [detail.breaking for detail in details if detail.breaking is not None]
    if breaking and not options.accept_breaking:
        raise OnlineStoreError(
            f"{view.reference_name}: expected no breaking change, got: {'; '.join(map(str, breaking))}",
            hint=ACCEPT_HINT,
        )
