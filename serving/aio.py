"""The Python client for asyncio: as `serving.client`, but for the socket."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

from serving.door import Door
from serving.format.catalog import GENERATION_FIELD
from serving.reads import UnknownSchemaError
from serving.stores import open_async_store
from serving.stores.base import AsyncOnlineStore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from serving.answer import OnlineFeatures
    from serving.format.catalog import Catalog


class AsyncFeatureStore(Door[AsyncOnlineStore]):
    """Look-ups of online features for asyncio; safe to share between tasks, to use in another event loop, and to carry through a fork.

    It is made as `Door` says: from a URL, from the environment, or around a store.
    """

    _open_store = staticmethod(open_async_store)

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
