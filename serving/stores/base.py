"""What a look-up needs from an online store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class OnlineStore(Protocol):
    """A store to read from, safe to share between threads and to carry through a fork.

    Every method raises StoreError, with a hint, when the store is absent, unreachable, refuses or takes too long.
    """

    def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of the keys, in their order, None where there is none; one round trip."""
        ...

    def hget(self, key: str, field: str) -> bytes | None:
        """One field of a hash, None where there is none."""
        ...

    def hgetall(self, key: str) -> dict[str, bytes]:
        """All fields of a hash; empty where there is none."""
        ...

    def close(self) -> None:
        """Give connections back; a later read opens new ones."""
        ...


class AsyncOnlineStore(Protocol):
    """The same for asyncio, safe to share between tasks."""

    async def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of the keys, in their order, None where there is none; one round trip."""
        ...

    async def hget(self, key: str, field: str) -> bytes | None:
        """One field of a hash, None where there is none."""
        ...

    async def hgetall(self, key: str) -> dict[str, bytes]:
        """All fields of a hash; empty where there is none."""
        ...

    async def close(self) -> None:
        """Give connections back; a later read opens new ones."""
        ...
