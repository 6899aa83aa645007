"""Reading online stores: one small protocol, one module a backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.errors import ConfigError

if TYPE_CHECKING:
    from serving.stores.base import AsyncOnlineStore, OnlineStore

REDIS_SCHEMES = ("redis", "rediss", "unix")
SENTINEL_SCHEMES = ("redis+sentinel", "rediss+sentinel")
CLUSTER_SCHEMES = ("redis+cluster", "rediss+cluster")
SQLITE_SCHEME = "sqlite"


# Backends are imported where needed: the embedded store does not pay for redis, nor the other way round.
# A URL that is no text, as the None of a variable that is not set, is one that cannot be used.
def open_store(url: str) -> OnlineStore:
    """A store to read from; nothing is opened or reached before the first read.

    Args:
        url: ``redis://``, ``rediss://``, ``unix://`` (as redis-py reads them), ``redis+sentinel://host:port,.../service``,
            ``redis+cluster://host:port,...`` (both also ``rediss+``), ``sqlite:///absolute/path`` or ``sqlite:relative/path``.

    Raises:
        ConfigError: The URL is none of these.
    """
    scheme = str(url).partition("://")[0]
    if scheme in REDIS_SCHEMES:
        from serving.stores.redis import open_redis  # noqa: PLC0415

        return open_redis(url)
    if scheme in SENTINEL_SCHEMES:
        from serving.stores.redis import open_sentinel  # noqa: PLC0415

        return open_sentinel(url)
    if scheme in CLUSTER_SCHEMES:
        from serving.stores.cluster import ClusterStore  # noqa: PLC0415

        return ClusterStore(url)
    from serving.stores.sqlite import SqliteStore  # noqa: PLC0415

    return SqliteStore(sqlite_path(url))


def open_async_store(url: str) -> AsyncOnlineStore:
    """The same for asyncio.

    Args:
        url: As `open_store` takes it.

    Raises:
        ConfigError: The URL is none of these.
    """
    scheme = str(url).partition("://")[0]
    if scheme in (*REDIS_SCHEMES, *SENTINEL_SCHEMES):
        from serving.stores.aioredis import open_async_redis  # noqa: PLC0415

        return open_async_redis(url)
    if scheme in CLUSTER_SCHEMES:
        from serving.stores.aioredis import AsyncClusterStore  # noqa: PLC0415

        return AsyncClusterStore(url)
    from serving.stores.aiosqlite import AsyncSqliteStore  # noqa: PLC0415

    return AsyncSqliteStore(sqlite_path(url))


def is_redis_url(url: str) -> bool:
    """Whether the URL names one Redis protocol server."""
    return url.partition("://")[0] in REDIS_SCHEMES


def sqlite_path(url: str) -> str:
    """The path in a ``sqlite:`` URL, taken as it is written.

    Raises:
        ConfigError: The URL has another scheme, or no path.
    """
    scheme, _, rest = str(url).partition(":")
    path = rest.removeprefix("//")
    if scheme != SQLITE_SCHEME or not path or (rest.startswith("//") and not path.startswith("/")):
        raise ConfigError(
            f"online store: expected redis://, rediss://, unix://, redis+sentinel://, redis+cluster://, sqlite:///absolute/path or sqlite:relative/path, got {url!r}",
            hint="The embedded store of a project is sqlite:.featurectl/online.db.",
        )
    return path
