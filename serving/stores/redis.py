"""Reading from a Redis protocol server (Redis, Valkey) through redis-py."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from serving.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

_PASSWORD = re.compile(r"(?<=://)(?P<user>[^:@/]*):[^@/]*@")
_PASSWORD_OPTION = re.compile(r"(?<=[?&]password=)[^&]*")
_CONNECT_TIMEOUT_SECONDS = 2.0
_READ_TIMEOUT_SECONDS = 5.0


class RedisStore:
    """Rows and catalog on a Redis protocol server.

    Args:
        url: As redis-py reads it; options such as ``?socket_timeout=0.2`` replace the defaults.
    """

    def __init__(self, url: str) -> None:
        self._where = redact(url)
        self._client = connect(url)

    def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of the keys, in their order, None where there is none; one round trip."""
        if not keys:
            return []
        try:
            values: list[bytes | None] = self._client.mget(keys)
        except (redis.RedisError, OSError) as error:
            raise store_error(self._where, error) from error
        return values

    def hgetall(self, key: str) -> dict[str, bytes]:
        """All fields of a hash; empty where there is none."""
        try:
            fields: dict[bytes, bytes] = self._client.hgetall(key)
        except (redis.RedisError, OSError) as error:
            raise store_error(self._where, error) from error
        return {field.decode(): value for field, value in fields.items()}

    def close(self) -> None:
        """Close the connection pool; a later read opens new connections."""
        self._client.close()


def connect(url: str) -> Any:
    """A redis-py client with time limits and no retries: a connection that died in the pool is replaced before its use.

    Raises:
        ConfigError: redis-py cannot read the URL.
    """
    try:
        return redis.Redis.from_url(
            url,
            socket_connect_timeout=_CONNECT_TIMEOUT_SECONDS,
            socket_timeout=_READ_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
    except ValueError as error:
        raise ConfigError(
            f"online store: expected a URL that redis-py can read, got {redact(url)!r} ({error})",
            hint="Write redis://[user:password@]host:port/database.",
        ) from error


def redact(url: str) -> str:
    """The URL without its password, for messages."""
    return _PASSWORD_OPTION.sub("***", _PASSWORD.sub(r"\g<user>:***@", url))


def store_error(where: str, error: Exception) -> StoreError:
    """What a failure of redis-py means to the user.

    Args:
        where: The redacted URL.
        error: What redis-py raised.
    """
    text = str(error) or type(error).__name__
    for types, start, hint in _EXPLANATIONS:
        if isinstance(error, types) and text.startswith(start):
            return StoreError(f"{where}: {text}", hint=hint)
    return StoreError(f"{where}: {text}", hint="Check that the URL names the online store.")


_EXPLANATIONS: tuple[tuple[Any, str, str], ...] = (
    (redis.BusyLoadingError, "", "The server is loading its data; try again when it has finished."),
    (redis.AuthenticationError, "", "Check the user and password in the store's URL (FEATURECTL_ONLINE_STORE)."),
    (redis.exceptions.NoPermissionError, "", "Allow the user to read the namespace's keys (ACL SETUSER)."),
    (redis.TimeoutError, "", "Check the network and the server's load, or raise ?socket_timeout= in the URL."),
    (redis.ConnectionError, "", "Check that the server runs and that host and port in the URL are right."),
    (redis.ResponseError, "WRONGTYPE", "The namespace is used by something else; choose another one."),
    (redis.ResponseError, "NOAUTH", "Check the user and password in the store's URL (FEATURECTL_ONLINE_STORE)."),
    (redis.ResponseError, "MASTERDOWN", "The replica has lost its master; ask another server."),
)
