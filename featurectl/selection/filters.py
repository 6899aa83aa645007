"""Which of the registry's things are listed: by entity, owner, tag, service, online or not, and selector."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from featurectl.errors import UnknownNameError
from featurectl.selection.views import select_views

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from featurectl.manifest import Manifest
    from featurectl.registry import Entity, FeatureService, FeatureView, PinnedFeature, Registry, TrainingSet

Owned: TypeAlias = "FeatureView | TrainingSet | FeatureService"
Consumer = TypeVar("Consumer", "TrainingSet", "FeatureService")


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; several values of one filter mean any of them, several filters all of them.

    Attributes:
        owners: Of the thing itself (an entity's: of its views), as are the tags.
        services: Views with a feature in one of them, and of these views the features in it.
        online: Views that are (not) meant to be online; None means either.
        select: Selectors of views, in dbt's syntax.
    """

    entities: Sequence[str] = ()
    owners: Sequence[str] = ()
    tags: Sequence[str] = ()
    services: Sequence[str] = ()
    online: bool | None = None
    select: Sequence[str] = ()

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return self != Filters()


def filtered(registry: Registry, filters: Filters, manifest: Manifest | None = None) -> Registry:
    """The registry with the things that pass.

    A training set or service passes by the views it uses, and by its own owner and tags; one that `services` names, or that
    such a service is trained on, is kept. An entity passes with any of its views, and keeps these.

    Raises:
        UnknownNameError: No entity, owner, tag or service of that name; a selector that means nothing.
    """
    if not filters:
        return registry
    _require_known(registry, filters)
    asked = [service for service in registry.services if service.name in filters.services]
    served = {key for service in asked for key in _views_of(service.features)}
    placed = [
        view
        for view in select_views(registry.views, filters.select, (), manifest)
        if view.entity in (filters.entities or (view.entity,))
        and filters.online in (None, view.online)
        and (not filters.services or (view.name, view.version) in served)
    ]
    views = tuple(view for view in placed if _is_owned(view, filters))
    usable = {(view.name, view.version) for view in placed}
    sets = {service.training_set for service in asked}
    return replace(
        registry,
        views=tuple(_with_features_of(view, asked) for view in views) if asked else views,
        entities=tuple(_with_views_of(entity, views) for entity in registry.entities if _has_view(entity, views)),
        training_sets=_passing(registry.training_sets, filters, usable, sets if filters.services else None),
        services=_passing(registry.services, filters, usable, set(filters.services) or None),
    )


def _require_known(registry: Registry, filters: Filters) -> None:
    owned: list[Owned] = [*registry.views, *registry.training_sets, *registry.services]
    for kind, asked, known in (
        ("entity", filters.entities, {entity.name for entity in registry.entities}),
        ("owner", filters.owners, {thing.owner for thing in owned if thing.owner}),
        ("tag", filters.tags, {tag for thing in owned for tag in thing.tags}),
        ("service", filters.services, {service.name for service in registry.services}),
    ):
        for name in asked:
            if name not in known:
                raise UnknownNameError(kind, name, known)


def _is_owned(thing: Owned, filters: Filters) -> bool:
    return (not filters.owners or thing.owner in filters.owners) and (
        not filters.tags or any(tag in filters.tags for tag in thing.tags)
    )


def _passing(
    things: Iterable[Consumer],
    filters: Filters,
    usable: Collection[tuple[str, int]],
    names: Collection[str | None] | None,
) -> tuple[Consumer, ...]:
    return tuple(
        thing
        for thing in things
        if (names is None or thing.name in names)
        and _is_owned(thing, filters)
        and _views_of(thing.features) & set(usable)
    )


def _views_of(features: Iterable[PinnedFeature]) -> set[tuple[str, int]]:
    return {(feature.view, feature.version) for feature in features}


def _with_features_of(view: FeatureView, services: Iterable[FeatureService]) -> FeatureView:
    """The view with those of its features that the services take."""
    names = {
        feature.feature
        for service in services
        for feature in service.features
        if (feature.view, feature.version) == (view.name, view.version)
    }
    return replace(view, features=tuple(column for column in view.features if column.name in names))


def _has_view(entity: Entity, views: Iterable[FeatureView]) -> bool:
    return any(view.entity == entity.name for view in views)


def _with_views_of(entity: Entity, views: Iterable[FeatureView]) -> Entity:
    kept = {view.reference_name for view in views}
    return replace(entity, views=tuple(name for name in entity.views if name in kept))
