"""Reading from the embedded store under asyncio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.stores.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Sequence


class AsyncSqliteStore:
    """Rows and catalog in one file, read in the event loop's thread: a read takes microseconds, a hop to a thread many more.

    Args:
        path: Of the file, relative to the working directory of each read.
    """

    def __init__(self, path: str) -> None:
        self._store = SqliteStore(path)

    async def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of the keys, in their order, None where there is none or it has expired; one statement."""
        return self._store.mget(keys)

    async def hget(self, key: str, field: str) -> bytes | None:
        """One field of a hash, None where there is none."""
        return self._store.hget(key, field)

    async def hgetall(self, key: str) -> dict[str, bytes]:
        """All fields of a hash; empty where there is none."""
        return self._store.hgetall(key)

    async def close(self) -> None:
        """Close the connections of all threads; a later read opens new ones."""
        self._store.close()
