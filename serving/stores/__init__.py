"""Reading online stores: one small protocol, one module a backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.errors import ConfigError

if TYPE_CHECKING:
    from serving.stores.base import OnlineStore

REDIS_SCHEMES = ("redis", "rediss", "unix")
SQLITE_SCHEME = "sqlite"


def open_store(url: str) -> OnlineStore:
    """A store to read from; nothing is opened or reached before the first read.

    Args:
        url: ``redis://``, ``rediss://``, ``unix://`` (as redis-py reads them), ``sqlite:///absolute/path`` or ``sqlite:relative/path``.

    Raises:
        ConfigError: The URL is none of these.
    """
    # Imported where needed: the embedded store does not pay for redis, nor the other way round.
    if is_redis_url(url):
        from serving.stores.redis import RedisStore  # noqa: PLC0415

        return RedisStore(url)
    from serving.stores.sqlite import SqliteStore  # noqa: PLC0415

    return SqliteStore(sqlite_path(url))


def is_redis_url(url: str) -> bool:
    """Whether the URL names a Redis protocol server."""
    return url.partition("://")[0] in REDIS_SCHEMES


def sqlite_path(url: str) -> str:
    """The path in a ``sqlite:`` URL, taken as it is written.

    Raises:
        ConfigError: The URL has another scheme, or no path.
    """
    scheme, _, rest = url.partition(":")
    path = rest.removeprefix("//")
    if scheme != SQLITE_SCHEME or not path or (rest.startswith("//") and not path.startswith("/")):
        raise ConfigError(
            f"online store: expected redis://, rediss://, unix://, sqlite:///absolute/path or sqlite:relative/path, got {url!r}",
            hint="The embedded store of a project is sqlite:.featurectl/online.db.",
        )
    return path
