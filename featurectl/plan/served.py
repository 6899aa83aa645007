"""What a sync of a manifest would change of what is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.plan.changes import Plan
from featurectl.plan.compare import compare
from featurectl.plan.deprecation import deprecations
from featurectl.plan.description import compiled_code, describe_catalog, describe_registry, narrowed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from featurectl.plan.description import Description, ViewKey
    from featurectl.registry import Registry
    from serving.format.catalog import Catalog, ServiceEntry, ViewEntry
    from serving.format.state import State


def plan_served(
    registry: Registry,
    catalog: Catalog | None,
    states: Mapping[ViewKey, State],
    namespace: str,
    now: datetime,
    only: Collection[ViewKey] | None = None,
) -> Plan:
    """The manifest against a namespace of an online store.

    Args:
        registry: Of the manifest.
        catalog: What the namespace serves; None before the first sync.
        states: Of the views' last syncs.
        namespace: For people.
        now: Aware; deprecation dates are held against it.
        only: The views that were asked for; all without.
    """
    before, after = narrowed(
        describe_catalog(catalog, states, registry.project),
        describe_registry(registry, compiled_code(registry.views), only_online=True),
        only,
    )
    warnings = [*deprecations(after, now), *_newer(registry, catalog)]
    return Plan(f"online store, {namespace}", compare(before, after), _retired(before, after), tuple(warnings))


def _retired(before: Description, after: Description) -> tuple[str, ...]:
    views = [
        f"view {view.reference_name}" for at, view in before.views.items() if view.retired_at and at not in after.views
    ]
    services = [
        f"service {name}"
        for name, service in before.services.items()
        if service.retired_at and name not in after.services
    ]
    return (*sorted(views), *sorted(services))


def _newer(registry: Registry, catalog: Catalog | None) -> list[str]:
    """A sync of an older manifest is refused, so its plan is no forecast."""
    entries: list[ViewEntry | ServiceEntry] = [*catalog.views.values(), *catalog.services.values()] if catalog else []
    newest = max((entry.published.generated_at for entry in entries), default="")
    if newest <= registry.generated_at:
        return []
    return [
        f"a manifest of {newest} is online; this one, of {registry.generated_at}, is older, and a sync would refuse it"
    ]
