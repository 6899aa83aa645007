"""What there is: entities, feature views, training sets and feature services, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from featurectl.manifest import Relation


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a model's contract.

    Attributes:
        name: As written in YAML.
        data_type: The warehouse type as written in the contract, e.g. ``decimal(10, 2)``.
        description: May be empty.
    """

    name: str
    data_type: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old a view's newest build may be, in seconds; None where no limit is declared."""

    warn_after_seconds: int | None = None
    error_after_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class FeatureView:
    """A dbt model marked with ``config.meta.feature_view``; one version of it where it has versions.

    Attributes:
        name: The model's name, without a version.
        version: The model's version; 0 for a model without versions.
        is_latest: True for the version an unpinned reference means (always true without versions).
        columns: The whole contract, in its order: keys, times, features and excluded columns.
        join_keys: The entity's key columns, in declared order (the order of the online key).
        features: Columns without another role, in contract order.
        ttl_seconds: Oldest valid age; None means never stale.
        tombstone: Boolean column that says the entity is gone, or None.
        defaults: Feature name to the value it has where no row is eligible.
        lookback_seconds: How far before the watermark an incremental sync reads.
        loaded_at: Column that says when a build wrote the row, or None; it may be the created timestamp, too.
        owner: dbt group, or None.
        depends_on: dbt unique ids of parents.
    """

    unique_id: str
    name: str
    version: int
    is_latest: bool
    package: str
    description: str
    path: str
    relation: Relation
    materialized: str
    entity: str
    columns: tuple[Column, ...]
    join_keys: tuple[Column, ...]
    event_timestamp: Column
    created_timestamp: Column | None
    tombstone: Column | None
    features: tuple[Column, ...]
    ttl_seconds: int | None
    online: bool
    defaults: Mapping[str, Any]
    freshness: Freshness
    lookback_seconds: int
    loaded_at: Column | None
    owner: str | None
    access: str
    tags: tuple[str, ...]
    deprecation_date: str | None
    compiled_code: str | None
    depends_on: tuple[str, ...]

    @property
    def reference_name(self) -> str:
        """The view as a feature reference names it: ``name`` or ``name@v2``."""
        return f"{self.name}@v{self.version}" if self.version else self.name

    @property
    def online_name(self) -> str:
        """The view as online keys name it: ``name@0``, ``name@2``."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Entity:
    """The thing features describe.

    Attributes:
        join_keys: Every distinct tuple of key column names its views use, sorted.
        views: Reference names of its feature views, sorted.
    """

    name: str
    join_keys: tuple[tuple[str, ...], ...]
    views: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PinnedFeature:
    """One feature of a service or training set, expanded and version-pinned.

    Attributes:
        view: Name of the feature view.
        version: Its version; 0 without versions.
        feature: Name of the feature in the view.
        output_name: Name of the output column (the feature's name, with the item's prefix).
        join_keys: View's key column to spine column, where they differ from the view's own names.
    """

    view: str
    version: int
    feature: str
    output_name: str
    join_keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """``view:feature`` or ``view@v2:feature``."""
        version = f"@v{self.version}" if self.version else ""
        return f"{self.view}{version}:{self.feature}"


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """A model that calls the ``training_set`` macro.

    Attributes:
        spines: dbt unique ids of the parents that are no feature view of its list.
        features: Expanded and pinned, in output order.
    """

    unique_id: str
    name: str
    package: str
    description: str
    path: str
    relation: Relation
    event_timestamp: str
    known_at_cutoff: bool
    features: tuple[PinnedFeature, ...]
    columns: tuple[Column, ...]
    spines: tuple[str, ...]
    owner: str | None
    access: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeatureService:
    """The named, ordered, version-pinned list of features one ML model consumes (an exposure of type ml).

    Attributes:
        training_set: Name of the training set it takes its features from, or None for an explicit list.
        features: Expanded and pinned, in the training set's order.
        owner: Name or e-mail of the exposure's owner.
    """

    unique_id: str
    name: str
    package: str
    description: str
    path: str
    training_set: str | None
    features: tuple[PinnedFeature, ...]
    owner: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything a manifest declares about features.

    Attributes:
        project: Name of the root dbt project.
        adapter_type: ``duckdb``, ``postgres``, ...
        generated_at: When dbt wrote the manifest (ISO 8601, UTC).
        invocation_id: Of the dbt command that wrote it.
        views: Ordered by name and version.
    """

    project: str
    adapter_type: str
    generated_at: str
    invocation_id: str
    dbt_version: str
    views: tuple[FeatureView, ...]
    entities: tuple[Entity, ...]
    training_sets: tuple[TrainingSet, ...]
    services: tuple[FeatureService, ...]
