"""What a plan compares: views, services and training sets, from a manifest or from the online catalog alike."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from featurectl.registry import PinnedFeature
from serving.errors import ServingError, UnservableTypeError
from serving.format.catalog import encode_default
from serving.format.types import parse_type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from featurectl.registry import Column, FeatureService, FeatureView, Registry, TrainingSet
    from serving.format.catalog import Catalog, ServiceEntry, ServiceFeature, ViewEntry
    from serving.format.state import State

    ViewKey = tuple[str, int]

_NO_CODE = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class DescribedView:
    """One version of one feature view.

    Attributes:
        join_keys: (name, canonical type) in declared order.
        features: (name, canonical type) in contract order.
        defaults: Feature to its default as the catalog carries it.
        roles: Role (``event_timestamp`` ...) to column; None where they are not known, as online.
        code: Model to a checksum of its SQL, of the view and of what it is made from; None where it is not known.
        retired_at: When it left the manifest that the store was synced from; it is served until it is collected.
    """

    name: str
    version: int
    is_latest: bool
    entity: str
    join_keys: tuple[tuple[str, str], ...]
    features: tuple[tuple[str, str], ...]
    ttl_seconds: int | None
    online: bool
    defaults: Mapping[str, Any]
    description: str
    owner: str | None
    access: str
    deprecation_date: str | None
    roles: Mapping[str, str | None] | None = None
    code: Mapping[str, str] | None = None
    retired_at: str | None = None

    @property
    def key(self) -> ViewKey:
        """Name and version."""
        return self.name, self.version

    @property
    def reference_name(self) -> str:
        """``name`` or ``name@v2``."""
        return f"{self.name}@v{self.version}" if self.version else self.name


@dataclass(frozen=True, slots=True)
class DescribedList:
    """A feature service or a training set: its features, pinned, in order.

    Attributes:
        facts: What else is declared, by name.
        retired_at: As of a view.
    """

    name: str
    features: tuple[PinnedFeature, ...]
    facts: Mapping[str, Any]
    retired_at: str | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """One side of a plan.

    Attributes:
        training_sets: By name; None where they are not known, as online.
    """

    views: Mapping[ViewKey, DescribedView] = field(default_factory=dict)
    services: Mapping[str, DescribedList] = field(default_factory=dict)
    training_sets: Mapping[str, DescribedList] | None = None


def narrowed(
    before: Description, after: Description, keys: Collection[ViewKey] | None
) -> tuple[Description, Description]:
    """Both sides with these views alone, and the services and training sets that use one of them on either side.

    Args:
        keys: None leaves everything in.
    """
    if keys is None:
        return before, after
    services = _users(keys, before.services, after.services)
    training_sets = _users(keys, before.training_sets or {}, after.training_sets or {})
    first, second = (
        Description(
            {key: view for key, view in side.views.items() if key in keys},
            {name: each for name, each in side.services.items() if name in services},
            None
            if side.training_sets is None
            else {name: each for name, each in side.training_sets.items() if name in training_sets},
        )
        for side in (before, after)
    )
    return first, second


def _users(keys: Collection[ViewKey], *sides: Mapping[str, DescribedList]) -> set[str]:
    return {
        name
        for side in sides
        for name, each in side.items()
        if any((feature.view, feature.version) in keys for feature in each.features)
    }


def describe_registry(
    registry: Registry, code: Mapping[str, Mapping[str, str]] | None = None, *, only_online: bool = False
) -> Description:
    """What a manifest declares.

    Args:
        registry: Of the manifest.
        code: View's dbt unique id to its `code`.
        only_online: Leave out views that are not to be served.
    """
    views = [view for view in registry.views if view.online or not only_online]
    return Description(
        {view.key: view for view in (_of_view(view, (code or {}).get(view.unique_id)) for view in views)},
        {service.name: _of_service(service) for service in registry.services},
        {training_set.name: _of_training_set(training_set) for training_set in registry.training_sets},
    )


def describe_catalog(
    catalog: Catalog | None, states: Mapping[ViewKey, State] | None = None, project: str | None = None
) -> Description:
    """What a namespace serves; an absent catalog serves nothing.

    Args:
        catalog: As it is read.
        states: Of the views' last syncs, which know the SQL.
        project: Leave out what other dbt projects have published into the same namespace.
    """
    if catalog is None:
        return Description()
    found = states or {}

    def is_meant(entry: ViewEntry | ServiceEntry) -> bool:
        return project in (None, entry.published.project)

    return Description(
        {at: _of_view_entry(entry, found.get(at)) for at, entry in catalog.views.items() if is_meant(entry)},
        {name: _of_service_entry(entry) for name, entry in catalog.services.items() if is_meant(entry)},
    )


def compiled_code(views: Iterable[FeatureView]) -> dict[str, dict[str, str]]:
    """View's unique id to its `code` as a sync state knows it; a view that was not compiled is left out."""
    return {
        view.unique_id: {view.name: hashlib.sha256(view.compiled_code.encode()).hexdigest()}
        for view in views
        if view.compiled_code is not None
    }


def _of_view(view: FeatureView, code: Mapping[str, str] | None) -> DescribedView:
    defaults = {}
    for feature in view.features:
        if feature.name in view.defaults:
            value = view.defaults[feature.name]
            try:
                defaults[feature.name] = encode_default(parse_type(feature.data_type), value)
            except ServingError:  # a sync refuses it with its path; here it only has to be compared
                defaults[feature.name] = value
    created, tombstone = view.created_timestamp, view.tombstone
    return DescribedView(
        name=view.name,
        version=view.version,
        is_latest=view.is_latest,
        entity=view.entity,
        join_keys=_typed(view.join_keys),
        features=_typed(view.features),
        ttl_seconds=view.ttl_seconds,
        online=view.online,
        defaults=defaults,
        description=view.description,
        owner=view.owner,
        access=view.access,
        deprecation_date=view.deprecation_date,
        roles={
            "event_timestamp": view.event_timestamp.name,
            "created_timestamp": created.name if created else None,
            "tombstone": tombstone.name if tombstone else None,
        },
        code=code,
    )


def _typed(columns: Iterable[Column]) -> tuple[tuple[str, str], ...]:
    return tuple((column.name, _type_name(column.data_type)) for column in columns)


def _type_name(data_type: str) -> str:
    """Canonical, so that spellings of one type are no difference; as written where it cannot be served."""
    try:
        return parse_type(data_type).name
    except UnservableTypeError:
        return " ".join(data_type.lower().split())


def _of_view_entry(entry: ViewEntry, state: State | None) -> DescribedView:
    checksum = state.code_checksum if state else None
    if checksum == _NO_CODE:  # that sync's manifest had been parsed, or built in part
        checksum = None
    return DescribedView(
        name=entry.name,
        version=entry.version,
        is_latest=entry.is_latest,
        entity=entry.entity,
        join_keys=entry.join_keys,
        features=entry.features,
        ttl_seconds=entry.ttl_seconds,
        online=True,
        defaults=entry.defaults,
        description=entry.description,
        owner=entry.owner,
        access=entry.access,
        deprecation_date=entry.deprecation_date,
        code={entry.name: checksum} if checksum else None,
        retired_at=entry.retired_at,
    )


def _of_service(service: FeatureService) -> DescribedList:
    facts = {"training_set": service.training_set, "description": service.description, "owner": service.owner}
    return DescribedList(service.name, service.features, facts)


def _of_service_entry(entry: ServiceEntry) -> DescribedList:
    facts = {"training_set": entry.training_set, "description": entry.description, "owner": entry.owner}
    return DescribedList(entry.name, tuple(map(_pinned, entry.features)), facts, entry.retired_at)


def _of_training_set(training_set: TrainingSet) -> DescribedList:
    facts = {
        "event_timestamp": training_set.event_timestamp,
        "known_at_cutoff": training_set.known_at_cutoff,
        "description": training_set.description,
        "owner": training_set.owner,
    }
    return DescribedList(training_set.name, training_set.features, facts)


def _pinned(feature: ServiceFeature) -> PinnedFeature:
    return PinnedFeature(feature.view, feature.version, feature.feature, feature.output_name, feature.join_keys)
