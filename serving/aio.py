"""The Python client for asyncio: as `serving.client`, but for the socket."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

from serving.client import NAMESPACE_VARIABLE, STORE_VARIABLE, environment
from serving.format.catalog import GENERATION_FIELD
from serving.reads import UnknownSchemaError
from serving.session import DEFAULT_MAX_ENTITIES, Session
from serving.stores import open_async_store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from serving.answer import OnlineFeatures
    from serving.cache import Cache
    from serving.format.catalog import Catalog
    from serving.session import OnCorrupt
    from serving.stores.base import AsyncOnlineStore


class AsyncFeatureStore:
    """Look-ups of online features for asyncio; safe to share between tasks, to use in another event loop, and to carry through a fork.

    Args:
        store: Where to read.
        namespace: Usually ``<dbt project>:<target>``.
        as_of: As in `serving.FeatureStore`.
        on_corrupt: Likewise.
        max_entities: Likewise.
        cache: Likewise.

    Raises:
        ConfigError: One of them cannot be used.
    """

    def __init__(
        self,
        store: AsyncOnlineStore,
        *,
        namespace: str,
        as_of: datetime | None = None,
        on_corrupt: OnCorrupt = "invalid",
        max_entities: int = DEFAULT_MAX_ENTITIES,
        cache: Cache | None = None,
    ) -> None:
        self._store = store
        self._session = Session(namespace, as_of=as_of, on_corrupt=on_corrupt, max_entities=max_entities, cache=cache)

    @classmethod
    def from_url(cls, url: str, *, namespace: str, **options: Any) -> Self:
        """A client of the store at a URL; nothing is reached before the first look-up.

        Args:
            url: As `serving.FeatureStore.from_url` takes it.
            namespace: Usually ``<dbt project>:<target>``.
            options: As the class takes them.

        Raises:
            ConfigError: The URL or the namespace cannot be used.
        """
        return cls(open_async_store(url), namespace=namespace, **options)

    @classmethod
    def from_env(cls, **options: Any) -> Self:
        """A client of the store that FEATURECTL_ONLINE_STORE and FEATURECTL_NAMESPACE name.

        Args:
            options: As the class takes them.

        Raises:
            ConfigError: One of the variables is not set, or cannot be used.
        """
        return cls.from_url(environment(STORE_VARIABLE), namespace=environment(NAMESPACE_VARIABLE), **options)

    async def get_online_features(
        self,
        features: str | Sequence[str],
        entity_rows: Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]],
        *,
        full_feature_names: bool = False,
        include_stale: bool = False,
    ) -> OnlineFeatures:
        """The newest features of the given entities, in one round trip; see `serving.FeatureStore.get_online_features`."""
        session = self._session
        if not session.is_current():
            await self._refresh()
        plan = session.plan(features, full_feature_names)
        lookup = plan.lookup(entity_rows, session.max_entities)
        rows = await self._fetch(lookup.wanted)
        try:
            return session.answer(plan, lookup, rows, include_stale)
        except UnknownSchemaError as error:
            unknown = error.schemas
        await self._read_catalog()
        while True:
            session.learn(unknown, await self._store.mget(session.schema_keys(unknown)))
            plan = session.plan(features, full_feature_names)
            lookup = plan.lookup(lookup.again(entity_rows), session.max_entities)
            rows = await self._fetch(lookup.wanted)
            try:
                return session.answer(plan, lookup, rows, include_stale)
            except UnknownSchemaError as error:
                unknown = error.schemas

    async def join_keys(self, features: str | Sequence[str]) -> dict[str, str]:
        """The columns that entity rows must have for these features, with the type of each, e.g. ``int64``."""
        await self.catalog()
        return self._session.join_keys(features)

    async def catalog(self) -> Catalog:
        """What the namespace serves, at most ten seconds old."""
        if not self._session.is_current():
            await self._refresh()
        return self._session.catalog

    async def close(self) -> None:
        """Give the store's connections back."""
        await self._store.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _fetch(self, keys: list[str]) -> list[bytes | None]:
        cache = self._session.cache
        if cache is None:
            return await self._store.mget(keys)
        known = cache.known(keys)
        missing = [key for key in dict.fromkeys(keys) if key not in known]
        if missing:
            asked_at = time.monotonic()
            rows = await self._store.mget(missing)
            cache.keep(missing, rows, asked_at)
            known.update(zip(missing, rows, strict=True))
        return [known[key] for key in keys]

    async def _refresh(self) -> None:
        asked_at = time.monotonic()
        session = self._session
        if not session.has_catalog() or not session.confirm(
            await self._store.hget(session.keyspace.catalog, GENERATION_FIELD), asked_at
        ):
            await self._read_catalog()

    async def _read_catalog(self) -> None:
        asked_at = time.monotonic()
        self._session.install(await self._store.hgetall(self._session.keyspace.catalog), asked_at)
