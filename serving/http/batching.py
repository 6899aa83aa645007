"""Reads that arrive together travel together: one MGET for all requests of one turn of the event loop."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from serving.stores.base import AsyncOnlineStore

    Waiting = list[tuple[Sequence[str], asyncio.Future[list[bytes | None]]]]

# Longer reads go alone, for they would make the short ones wait.
LONGEST_SHARED_KEYS = 100


class BatchingStore:
    """An asynchronous store for one event loop that joins reads; nothing waits longer than until the loop's next turn.

    Args:
        store: That is read.
    """

    def __init__(self, store: AsyncOnlineStore) -> None:
        self._store = store
        self._waiting: Waiting = []
        self._under_way: set[asyncio.Task[list[bytes | None]]] = set()

    async def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of the keys, in their order, None where there is none."""
        if len(keys) > LONGEST_SHARED_KEYS:
            return await self._store.mget(keys)
        loop = asyncio.get_running_loop()
        rows: asyncio.Future[list[bytes | None]] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._send)
        self._waiting.append((keys, rows))
        return await rows

    async def hget(self, key: str, field: str) -> bytes | None:
        """One field of a hash, None where there is none."""
        return await self._store.hget(key, field)

    async def hgetall(self, key: str) -> dict[str, bytes]:
        """All fields of a hash; empty where there is none."""
        return await self._store.hgetall(key)

    async def close(self) -> None:
        """Give connections back."""
        await self._store.close()

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        keys = [key for asked, _ in waiting for key in asked]
        reading = asyncio.ensure_future(self._store.mget(keys))
        self._under_way.add(reading)  # the loop itself holds tasks weakly
        reading.add_done_callback(partial(self._deliver, waiting))

    def _deliver(self, waiting: Waiting, reading: asyncio.Task[list[bytes | None]]) -> None:
        self._under_way.discard(reading)
        error = None if reading.cancelled() else reading.exception()
        start = 0
        for keys, rows in waiting:
            stop = start + len(keys)
            if rows.done():  # its request was given up
                pass
            elif reading.cancelled():
                rows.cancel()
            elif error is not None:
                rows.set_exception(error)
            else:
                rows.set_result(reading.result()[start:stop])
            start = stop
