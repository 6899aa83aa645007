"""The Python client: a store, a namespace, and look-ups."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

from serving.door import Door
from serving.format.catalog import GENERATION_FIELD
from serving.reads import UnknownSchemaError
from serving.stores import open_store
from serving.stores.base import OnlineStore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from serving.answer import OnlineFeatures
    from serving.cache import Cache
    from serving.format.catalog import Catalog


class FeatureStore(Door[OnlineStore]):
    """Look-ups of online features in one namespace of a store; safe to share between threads and to carry through a fork.

    It is made as `Door` says: from a URL, from the environment, or around a store.
    """

    _open_store = staticmethod(open_store)

    def get_online_features(
        self,
        features: str | Sequence[str],
        entity_rows: Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]],
        *,
        full_feature_names: bool = False,
        include_stale: bool = False,
    ) -> OnlineFeatures:
        """The newest features of the given entities, in one round trip (on a cluster, one a shard).

        Args:
            features: The name of a feature service, or references: ``view:feature``, ``view:*``, ``view@v2:feature``.
            entity_rows: One dict a row, or one list a column; columns that are no join key are ignored.
            full_feature_names: Name features ``view__feature``, or ``view@v2__feature`` where the reference says a version.
            include_stale: Answer the values of rows older than their view's TTL too, with the status OUTSIDE_MAX_AGE.

        Raises:
            RequestError: An unknown name, names that clash, no rows or too many, a missing join key column, a key of another type.
            CatalogError: The namespace holds no catalog, or one of a newer format.
            StoreError: The store cannot be reached, refuses, or took too long.
            CorruptRowError: A stored row cannot be read, and the client was made with ``on_corrupt="raise"``.
        """
        session = self._session
        if not session.is_current():
            self._refresh()
        plan = session.plan(features, full_feature_names)
        lookup = plan.lookup(entity_rows, session.max_entities)
        rows = self._store.mget(lookup.wanted) if session.cache is None else self._fetch(session.cache, lookup.wanted)
        try:
            return session.answer(plan, lookup, rows, include_stale)
        except UnknownSchemaError as error:
            unknown = error.schemas
        # Published since the catalog was read (or old rows, or damaged ones): read both, and ask again.
        self._read_catalog()
        while True:
            session.learn(unknown, self._store.mget(session.schema_keys(unknown)))
            plan = session.plan(features, full_feature_names)
            lookup = plan.lookup(lookup.again(entity_rows), session.max_entities)
            rows = (
                self._store.mget(lookup.wanted) if session.cache is None else self._fetch(session.cache, lookup.wanted)
            )
            try:
                return session.answer(plan, lookup, rows, include_stale)
            except UnknownSchemaError as error:
                unknown = error.schemas

    def join_keys(self, features: str | Sequence[str]) -> dict[str, str]:
        """The columns that entity rows must have for these features, with the type of each, e.g. ``int64``.

        Raises:
            RequestError: An unknown name, or names that clash.
            CatalogError: The namespace holds no catalog, or one of a newer format.
            StoreError: The store cannot be reached.
        """
        self.catalog()
        return self._session.join_keys(features)

    def catalog(self) -> Catalog:
        """What the namespace serves, at most ten seconds old.

        Raises:
            CatalogError: The namespace holds no catalog, or one of a newer format.
            StoreError: The store cannot be reached.
        """
        if not self._session.is_current():
            self._refresh()
        return self._session.catalog

    def close(self) -> None:
        """Give the store's connections back."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _fetch(self, cache: Cache, keys: list[str]) -> list[bytes | None]:
        known = cache.known(keys)
        missing = [key for key in dict.fromkeys(keys) if key not in known]
        if missing:
            asked_at = time.monotonic()
            rows = self._store.mget(missing)
            cache.keep(missing, rows, asked_at)
            known.update(zip(missing, rows, strict=True))
        return [known[key] for key in keys]

    # Threads that find the catalog too old at the same time each ask: a lock would not survive a fork.
    def _refresh(self) -> None:
        asked_at = time.monotonic()
        session = self._session
        if not session.has_catalog() or not session.confirm(
            self._store.hget(session.keyspace.catalog, GENERATION_FIELD), asked_at
        ):
            self._read_catalog()

    def _read_catalog(self) -> None:
        asked_at = time.monotonic()
        self._session.install(self._store.hgetall(self._session.keyspace.catalog), asked_at)
