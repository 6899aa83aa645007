"""Reading from Redis protocol servers under asyncio, on redis-py's asyncio connections."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import redis
import redis.asyncio
import redis.asyncio.cluster
from hiredis import pack_command

from serving.stores import SENTINEL_SCHEMES
from serving.stores.cluster import cluster_client
from serving.stores.failures import FAILURES, is_dropped, store_error
from serving.stores.redis import connect, sentinel_client, sentinels_of
from serving.stores.urls import parse_deployment, redact

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence


class AsyncRedisStore:
    """Rows and catalog on one server at a time, as `serving.stores.redis.RedisStore` reads them.

    Connections belong to an event loop; those of another loop or process are let go. One timer a read keeps the time limit.

    Args:
        make_pool: A function that makes a redis-py pool.
        where: The redacted URL, for messages.
    """

    def __init__(self, make_pool: Callable[[], Any], where: str) -> None:
        self._make_pool = make_pool
        self._where = where
        self._home: tuple[int, asyncio.AbstractEventLoop] | None = None
        self._pool: Any = None
        self._timeout: float | None = None
        self._open: list[Any] = []
        self._closed: list[Any] = []

    async def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of the keys, in their order, None where there is none; one round trip."""
        values: list[bytes | None] = await self._call("MGET", *keys) if keys else []
        return values

    async def hget(self, key: str, field: str) -> bytes | None:
        """One field of a hash, None where there is none."""
        value: bytes | None = await self._call("HGET", key, field)
        return value

    async def hgetall(self, key: str) -> dict[str, bytes]:
        """All fields of a hash; empty where there is none."""
        reply = await self._call("HGETALL", key)
        pairs = reply.items() if isinstance(reply, dict) else zip(reply[::2], reply[1::2], strict=True)
        return {field.decode(): value for field, value in pairs}

    async def close(self) -> None:
        """Close the connections that are not in use; a later read opens new ones."""
        connections, self._open = self._open, []
        for connection in connections:
            await connection.disconnect()
            self._closed.append(connection)
        for sentinel in sentinels_of(self._pool):
            await sentinel.aclose()

    async def _call(self, *command: str) -> Any:
        home = (os.getpid(), asyncio.get_running_loop())
        if self._home != home:
            self._settle(home)
        opened, closed = self._open, self._closed
        connection: Any = None
        try:
            async with asyncio.timeout(self._timeout):
                connection = (opened or closed or [self._pool.make_connection()]).pop()
                try:
                    reply = await _exchange(connection, command)
                except FAILURES as error:
                    if not is_dropped(error):
                        raise
                    await connection.disconnect(nowait=True)
                    reply = await _exchange(connection, command)
        except BaseException as error:
            # Whatever broke in, a reply may still be under way: it must never be read as another command's.
            if connection is not None:
                await connection.disconnect(nowait=True)
                closed.append(connection)
            if isinstance(error, FAILURES):
                raise store_error(self._where, error) from error
            raise
        opened.append(connection)
        return reply

    def _settle(self, home: tuple[int, asyncio.AbstractEventLoop]) -> None:
        self._open, self._closed, self._home = [], [], home
        self._pool = self._make_pool()
        # The limit is this class's to keep: redis-py's timer around each half of an exchange costs more than the exchange, and the
        # one around sending loses a cancellation now and then (`asyncio.wait_for` before Python 3.12). Left out, it is 5 s.
        self._timeout = self._pool.connection_kwargs.get("socket_timeout")
        self._pool.connection_kwargs["socket_timeout"] = None


class AsyncClusterStore:
    """Rows and catalog on a cluster, through redis-py's own asyncio cluster client.

    Args:
        url: ``redis+cluster://`` or ``rediss+cluster://``; the cluster is reached at the first read.

    Raises:
        ConfigError: The URL is malformed.
    """

    def __init__(self, url: str) -> None:
        self._deployment = parse_deployment(url)
        self._where = redact(url)
        self._home: tuple[int, asyncio.AbstractEventLoop] | None = None
        self._client: Any = None

    async def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of the keys, in their order, None where there is none; one round trip a shard."""
        values: list[bytes | None] = await self._call("mget_nonatomic", keys) if keys else []
        return values

    async def hget(self, key: str, field: str) -> bytes | None:
        """One field of a hash, None where there is none."""
        value: bytes | None = await self._call("hget", key, field)
        return value

    async def hgetall(self, key: str) -> dict[str, bytes]:
        """All fields of a hash; empty where there is none."""
        return {field.decode(): value for field, value in (await self._call("hgetall", key)).items()}

    async def close(self) -> None:
        """Close the connections; a later read opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _call(self, method: str, *arguments: Any) -> Any:
        home = (os.getpid(), asyncio.get_running_loop())
        try:
            if self._client is None or self._home != home:
                cluster = redis.asyncio.cluster
                self._client = cluster_client(self._deployment, cluster.RedisCluster, cluster.ClusterNode)
                self._home = home
            command: Awaitable[Any] = getattr(self._client, method)(*arguments)
            return await command
        except FAILURES as error:
            raise store_error(self._where, error) from error


def open_async_redis(url: str) -> AsyncRedisStore:
    """The store at a URL of one server, or of Sentinels.

    Raises:
        ConfigError: The URL is malformed.
    """
    if url.partition("://")[0] in SENTINEL_SCHEMES:
        deployment = parse_deployment(url)
        return AsyncRedisStore(lambda: sentinel_client(deployment, redis.asyncio).connection_pool, redact(url))
    connect(url, redis.asyncio)  # refuses a malformed URL now
    return AsyncRedisStore(lambda: connect(url, redis.asyncio).connection_pool, redact(url))


async def _exchange(connection: Any, command: tuple[str, ...]) -> Any:
    if not connection.is_connected:
        await connection.connect()
    await connection.send_packed_command((pack_command(command),), False)  # type: ignore[arg-type] # it takes texts too
    # What is left of a failed exchange is closed in one place, by the caller.
    return await connection.read_response(disconnect_on_error=False)
