"""The catalog as `/features` shows it: services and views, with the types of their join keys and features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from serving.format.catalog import Catalog, ServiceEntry, ViewEntry
    from serving.http.tokens import Grant


def describe(catalog: Catalog, namespace: str, grant: Grant) -> dict[str, Any]:
    """What the caller may read, by name and version.

    Args:
        catalog: To describe.
        namespace: Its name.
        grant: Of the caller.
    """
    views = [view for view in catalog.views.values() if grant.may_see_view(view.name, view.access)]
    services = [service for service in catalog.services.values() if _is_readable(service, catalog, grant)]
    return {
        "namespace": namespace,
        "generation": catalog.generation,
        "services": [_service(service, catalog) for service in sorted(services, key=lambda each: each.name)],
        "views": [_view(view) for view in sorted(views, key=lambda each: (each.name, each.version))],
    }


def _is_readable(service: ServiceEntry, catalog: Catalog, grant: Grant) -> bool:
    by_name = grant.may_see_service(service.name)
    for feature in service.features:
        view = catalog.views.get((feature.view, feature.version))
        access = "protected" if view is None else view.access
        if not grant.may_see_view(feature.view, access) and not (by_name and access != "private"):
            return False
    return True


def _service(service: ServiceEntry, catalog: Catalog) -> dict[str, Any]:
    join_keys: dict[str, str] = {}
    features = []
    for feature in service.features:
        view = catalog.views.get((feature.view, feature.version))
        types = {} if view is None else dict(view.features)
        for name, type_name in () if view is None else view.join_keys:
            join_keys[feature.join_keys.get(name, name)] = type_name
        features.append(
            {
                "name": feature.output_name,
                "view": feature.view,
                "version": feature.version,
                "feature": feature.feature,
                "type": types.get(feature.feature),
            }
        )
    return {
        "name": service.name,
        "description": service.description,
        "owner": service.owner,
        "training_set": service.training_set,
        "join_keys": join_keys,
        "features": features,
    }


def _view(view: ViewEntry) -> dict[str, Any]:
    return {
        "name": view.name,
        "version": view.version,
        "is_latest": view.is_latest,
        "entity": view.entity,
        "description": view.description,
        "owner": view.owner,
        "access": view.access,
        "ttl_seconds": view.ttl_seconds,
        "deprecation_date": view.deprecation_date,
        "retired_at": view.retired_at,
        "synced_at": view.published.synced_at,
        "join_keys": dict(view.join_keys),
        "features": dict(view.features),
    }
