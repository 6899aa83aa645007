"""What the catalog says besides the views just published: services, and what the manifest no longer names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from featurectl.errors import OnlineStoreError
from featurectl.online.entries import service_entry

if TYPE_CHECKING:
    from featurectl.online.options import Options
    from featurectl.online.writers.base import OnlineWriter
    from featurectl.registry import FeatureView, Registry
    from serving.format.catalog import Catalog, Published, ServiceEntry, ViewEntry


def publish_services(
    registry: Registry, writer: OnlineWriter, published: Published, options: Options
) -> tuple[list[str], list[str]]:
    """Publish services whose views are in the catalog; a newer one, or another list of features, is kept until told.

    Views and services that the manifest no longer names are marked as retired, for `gc`.

    Returns:
        Names of the services published, and what was left as it is, and why.
    """
    catalog = writer.read_catalog()
    known = catalog.views if catalog else {}
    entries, warnings = [], []
    for service in registry.services:
        missing = sorted({f"{f.view}@{f.version}" for f in service.features if (f.view, f.version) not in known})
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
    retired = _retired(registry, catalog, published) if catalog else []
    if entries or retired:
        writer.publish_catalog([*entries, *retired])
    warnings += [f"{entry.field}: no longer in the manifest; `featurectl gc` removes it in time" for entry in retired]
    return [entry.name for entry in entries], warnings


def _retired(registry: Registry, catalog: Catalog, published: Published) -> list[ViewEntry | ServiceEntry]:
    """Entries of this project, of no newer manifest, that are named no more and that no service kept online uses."""
    services = {service.name for service in registry.services}
    used = {
        (feature.view, feature.version)
        for service in catalog.services.values()
        if service.name in services
        for feature in service.features
    }
    named = {(view.name, view.version) for view in registry.views if view.online} | used
    gone: list[ViewEntry | ServiceEntry] = [view for at, view in catalog.views.items() if at not in named]
    gone += [service for name, service in catalog.services.items() if name not in services]
    return [
        msgspec.structs.replace(entry, retired_at=published.synced_at)
        for entry in gone
        if entry.retired_at is None
        and entry.published.project == published.project
        and entry.published.generated_at <= published.generated_at
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


def require_what_services_use(view: FeatureView, catalog: Catalog | None, options: Options) -> None:
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
