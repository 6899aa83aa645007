"""Reading from a Redis protocol server (Redis, Valkey), alone or behind Sentinels, on redis-py's connections."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import redis
from hiredis import pack_command

from serving.errors import ConfigError
from serving.stores.failures import FAILURES, is_dropped, store_error
from serving.stores.line import Line
from serving.stores.urls import connection_options, parse_deployment, redact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from serving.stores.urls import Deployment


class RedisStore:
    """Rows and catalog on one server at a time.

    Connections are redis-py's, and what is said on them goes past it (`Line`), for its commands and pool take longer than the
    server. A connection that was dropped is made anew, once a read.

    Args:
        pool: A redis-py pool that makes connections.
        where: The redacted URL, for messages.
    """

    def __init__(self, pool: Any, where: str) -> None:
        self._pool = pool
        self._where = where
        self._idle: list[Line] = []
        self._closed: list[Line] = []  # used again, for the pool counts every connection that it ever made
        _stores.add(self)

    def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of the keys, in their order, None where there is none; one round trip."""
        values: list[bytes | None] = self._call("MGET", *keys) if keys else []
        return values

    def hget(self, key: str, field: str) -> bytes | None:
        """One field of a hash, None where there is none."""
        value: bytes | None = self._call("HGET", key, field)
        return value

    def hgetall(self, key: str) -> dict[str, bytes]:
        """All fields of a hash; empty where there is none."""
        reply = self._call("HGETALL", key)
        pairs = reply.items() if isinstance(reply, dict) else zip(reply[::2], reply[1::2], strict=True)
        return {field.decode(): value for field, value in pairs}

    def close(self) -> None:
        """Close the connections that are not in use; a later read opens new ones."""
        idle, self._idle = self._idle, []
        for line in idle:
            self._close(line)
        for sentinel in sentinels_of(self._pool):
            sentinel.close()

    def _call(self, *command: str) -> Any:
        packed = pack_command(command)  # type: ignore[arg-type] # it takes texts too
        try:
            line = self._idle.pop()
        except IndexError:
            line = self._open()
        try:
            try:
                reply = line.ask(packed)
            except FAILURES as error:
                if not is_dropped(error):
                    raise
                line.open()
                reply = line.ask(packed)
        except BaseException as error:
            # Whatever broke in, a reply may still be under way: it must never be read as another command's.
            self._close(line)
            if isinstance(error, FAILURES):
                raise store_error(self._where, error) from error
            raise
        self._idle.append(line)
        return reply

    def _open(self) -> Line:
        try:
            line = self._closed.pop()
        except IndexError:
            line = self._make()
        try:
            line.open()
        except BaseException as error:
            self._close(line)
            if isinstance(error, FAILURES):
                raise store_error(self._where, error) from error
            raise
        return line

    def _make(self) -> Line:
        try:
            return Line(self._pool.make_connection())
        except redis.RedisError as error:  # the URL's limit is reached
            raise store_error(self._where, error) from error

    def _close(self, line: Line) -> None:
        line.close()
        self._closed.append(line)

    def _start_anew(self) -> None:
        # The parent's connections: letting go of them on this side of the fork closes nothing over there.
        self._idle, self._closed = [], []
        self._pool.reset()


_stores: WeakSet[RedisStore] = WeakSet()


def _after_fork() -> None:
    for store in list(_stores):
        store._start_anew()  # noqa: SLF001 - its own module


os.register_at_fork(after_in_child=_after_fork)


def open_redis(url: str) -> RedisStore:
    """The store at a ``redis://``, ``rediss://`` or ``unix://`` URL.

    Raises:
        ConfigError: redis-py cannot read the URL.
    """
    return RedisStore(connect(url).connection_pool, redact(url))


def open_sentinel(url: str) -> RedisStore:
    """The store whose server the Sentinels of a ``redis+sentinel://`` URL name.

    Raises:
        ConfigError: The URL is malformed.
    """
    return RedisStore(sentinel_client(parse_deployment(url), redis).connection_pool, redact(url))


def sentinel_client(deployment: Deployment, library: Any) -> Any:
    """A redis-py client of the service's master or replicas.

    Args:
        deployment: With a service.
        library: `redis` or `redis.asyncio`.
    """
    tls = {"ssl": True} if deployment.tls else {}
    sentinel = library.Sentinel(
        list(deployment.nodes), sentinel_kwargs=deployment.sentinel_options, **deployment.options, **tls
    )
    client_for = sentinel.slave_for if deployment.replicas else sentinel.master_for
    return client_for(deployment.service)


def sentinels_of(pool: Any) -> list[Any]:
    """redis-py's clients of the Sentinels that a pool asks for its server; none for a pool of one server."""
    manager = getattr(pool, "sentinel_manager", None)
    return [] if manager is None else list(manager.sentinels)


def connect(url: str, library: Any = redis) -> Any:
    """A redis-py client with time limits and no retries: a connection that died in the pool is replaced before its use.

    Args:
        url: As redis-py reads it; options such as ``?socket_timeout=0.2`` replace the defaults.
        library: `redis` or `redis.asyncio`.

    Raises:
        ConfigError: redis-py cannot read the URL.
    """
    try:
        return library.Redis.from_url(url, **connection_options())
    except ValueError as error:
        raise ConfigError(
            f"online store: expected a URL that redis-py can read, got {redact(url)!r}"
            + ("" if "@" in url else f" ({error})"),
            hint="Write redis://[user:password@]host:port/database, and in a password %40 for @, %2F for /, %23 for #, %3F for ?.",
        ) from error
