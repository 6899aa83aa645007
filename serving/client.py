"""The Python client: a store, a namespace, and look-ups."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Self

from serving.errors import ConfigError, CorruptRowError, RequestError
from serving.format.catalog import Catalog, decode_catalog
from serving.format.keys import KeySpace
from serving.format.schemas import Schema
from serving.format.values import to_micros
from serving.plan import Plan, UnknownSchemaError, compile_plan
from serving.references import resolve
from serving.stores import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from serving.answer import OnlineFeatures
    from serving.stores.base import OnlineStore

STORE_VARIABLE = "FEATURECTL_ONLINE_STORE"
NAMESPACE_VARIABLE = "FEATURECTL_NAMESPACE"
CATALOG_MAX_AGE_SECONDS = 10.0
_MAX_PLANS = 1000


class _Snapshot:
    """The catalog as it was read once, with the plans compiled against it."""

    __slots__ = ("catalog", "plans", "read_at")

    def __init__(self, catalog: Catalog, read_at: float) -> None:
        self.catalog = catalog
        self.read_at = read_at
        self.plans: dict[tuple[Any, bool], Plan] = {}


class FeatureStore:
    """Look-ups of online features in one namespace of a store; safe to share between threads.

    Args:
        store: Where to read.
        namespace: Usually ``<dbt project>:<target>``.
        as_of: The instant that TTLs are measured from (naive means UTC); by default now.
    """

    def __init__(self, store: OnlineStore, *, namespace: str, as_of: datetime | None = None) -> None:
        self._store = store
        self._keyspace = KeySpace(namespace)
        self._as_of_us = None if as_of is None else to_micros(as_of)
        self._snapshot: _Snapshot | None = None
        # Schemas never change under their id, so they outlive the snapshots.
        self._schemas: dict[tuple[str, int], Schema] = {}

    @classmethod
    def from_url(cls, url: str, *, namespace: str, as_of: datetime | None = None) -> Self:
        """A client of the store at a URL; nothing is reached before the first look-up.

        Args:
            url: ``redis://``, ``rediss://``, ``unix://``, ``sqlite:///absolute/path`` or ``sqlite:relative/path``.
            namespace: Usually ``<dbt project>:<target>``.
            as_of: The instant that TTLs are measured from (naive means UTC); by default now.

        Raises:
            ConfigError: The URL or the namespace cannot be used.
        """
        return cls(open_store(url), namespace=namespace, as_of=as_of)

    @classmethod
    def from_env(cls, *, as_of: datetime | None = None) -> Self:
        """A client of the store that FEATURECTL_ONLINE_STORE and FEATURECTL_NAMESPACE name.

        Raises:
            ConfigError: One of them is not set, or cannot be used.
        """
        return cls.from_url(
            _from_environment(STORE_VARIABLE), namespace=_from_environment(NAMESPACE_VARIABLE), as_of=as_of
        )

    def get_online_features(
        self,
        features: str | Sequence[str],
        entity_rows: Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]],
        *,
        full_feature_names: bool = False,
    ) -> OnlineFeatures:
        """The newest features of the given entities, in one round trip.

        Args:
            features: The name of a feature service, or references: ``view:feature``, ``view:*``, ``view@v2:feature``.
            entity_rows: One dict a row, or one list a column; columns that are no join key are ignored.
            full_feature_names: Name features ``view__feature``.

        Raises:
            RequestError: An unknown name, names that clash, a missing join key column, a key of another type.
            CatalogError: The namespace holds no catalog, or one of a newer format.
            StoreError: The store cannot be reached, refuses, or took too long.
            CorruptRowError: A stored row cannot be read.
        """
        refreshed = False
        while True:
            plan = self._plan(self._current(), features, full_feature_names=full_feature_names)
            try:
                return self._answer(plan, entity_rows)
            except UnknownSchemaError as unknown:
                # Published since the catalog was read (or an old row): read both, and ask again.
                if not refreshed:
                    self._refresh()
                    refreshed = True
                self._learn(unknown)

    def join_keys(self, features: str | Sequence[str]) -> dict[str, str]:
        """The columns that entity rows must have for these features, with the type of each, e.g. ``int64``.

        Raises:
            RequestError: An unknown name, or names that clash.
            CatalogError: The namespace holds no catalog, or one of a newer format.
            StoreError: The store cannot be reached.
        """
        requested = resolve(self._current().catalog, features, full_feature_names=False)
        return {
            each.join_keys.get(name, name): type_name for each in requested for name, type_name in each.view.join_keys
        }

    def close(self) -> None:
        """Give the store's connections back."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _answer(
        self, plan: Plan, entity_rows: Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]]
    ) -> OnlineFeatures:
        lookup = plan.lookup(entity_rows)
        rows = self._store.mget(lookup.keys)
        now_us = time.time_ns() // 1000 if self._as_of_us is None else self._as_of_us
        return plan.answer(lookup, rows, self._schemas, now_us)

    def _current(self) -> _Snapshot:
        snapshot = self._snapshot
        if snapshot is None or time.monotonic() - snapshot.read_at > CATALOG_MAX_AGE_SECONDS:
            return self._refresh()
        return snapshot

    def _refresh(self) -> _Snapshot:
        key = self._keyspace.catalog
        read_at = time.monotonic()
        catalog = decode_catalog(self._store.hgetall(key), where=key)
        fresh = _Snapshot(catalog, read_at)
        if self._snapshot is not None and self._snapshot.catalog == catalog:
            fresh.plans = self._snapshot.plans
        self._snapshot = fresh
        return fresh

    def _plan(self, snapshot: _Snapshot, features: str | Sequence[str], *, full_feature_names: bool) -> Plan:
        try:
            shape = (features if isinstance(features, str) else tuple(features), full_feature_names)
            plan = snapshot.plans.get(shape)
        except TypeError as error:
            raise RequestError(
                f"features: expected a service name or a list of feature references, got {features!r}",
                hint="Write features=['view:feature'], or the name of a service.",
            ) from error
        if plan is None:
            plan = compile_plan(snapshot.catalog, self._keyspace, features, full_feature_names=full_feature_names)
            if len(snapshot.plans) >= _MAX_PLANS:  # a caller that never asks the same twice
                snapshot.plans.clear()
            snapshot.plans[shape] = plan
            for read in plan.reads:
                self._schemas.setdefault((read.view, read.schema.id), read.schema)
        return plan

    def _learn(self, unknown: UnknownSchemaError) -> None:
        key = self._keyspace.schema(unknown.view, unknown.schema_id)
        (encoded,) = self._store.mget([key])
        if encoded is None:
            raise CorruptRowError(unknown.row_key, f"expected its schema at {key}, found none")
        self._schemas[unknown.view, unknown.schema_id] = Schema.decode(encoded, key=key)


def _from_environment(variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise ConfigError(
            f"environment: expected {variable} to be set, got nothing", hint=f"Set {variable}, or use from_url."
        )
    return value
