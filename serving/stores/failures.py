"""What a failure of redis-py means to the user."""

from __future__ import annotations

from typing import Any

import redis

from serving.errors import StoreError

# redis-py's cluster errors stand outside its tree.
FAILURES = (redis.RedisError, redis.exceptions.RedisClusterException, OSError)
# Of these a second attempt would fail like the first, or take as long again.
_FINAL = (redis.AuthenticationError, redis.BusyLoadingError, redis.TimeoutError)


def is_dropped(error: Exception) -> bool:
    """Whether the connection broke, so that a new one may do better."""
    return isinstance(error, (redis.ConnectionError, OSError)) and not isinstance(error, (*_FINAL, TimeoutError))


def store_error(where: str, error: Exception) -> StoreError:
    """The error to raise.

    Args:
        where: The redacted URL.
        error: What redis-py raised.
    """
    text = str(error) or type(error).__name__
    for types, words, hint in _EXPLANATIONS:
        if isinstance(error, types) and words in text:
            return StoreError(f"{where}: {text}", hint=hint)
    return StoreError(f"{where}: {text}", hint="Check that the URL names the online store.")


_RIGHTS = "Give the user the rights that its work needs (ACL SETUSER); docs/operations.md lists them."
# What a server refuses inside a script has no code to tell it by before Redis 7, and its words anywhere in the text.
_EXPLANATIONS: tuple[tuple[Any, str, str], ...] = (
    (redis.BusyLoadingError, "", "The server is loading its data; try again when it has finished."),
    (redis.AuthenticationError, "", "Check the user and password in the store's URL (FEATURECTL_ONLINE_STORE)."),
    (redis.exceptions.NoPermissionError, "", _RIGHTS),
    (redis.ResponseError, "The user executing the script can't", _RIGHTS),  # Redis 6.2 and 7.0
    (redis.ResponseError, "ACL failure in script", _RIGHTS),  # newer ones
    (
        redis.ResponseError,
        "'maxmemory'",
        "The server's memory is full: raise its maxmemory, or remove what nothing reads (`featurectl gc`).",
    ),
    (
        redis.ResponseError,
        "read only replica",
        "A replica takes no writes: name its master, or run again when a failover is over.",
    ),
    (redis.sentinel.MasterNotFoundError, "", "Check the service's name, and that the Sentinels see its master."),
    (redis.sentinel.SlaveNotFoundError, "", "Check that the service has replicas, or leave out replicas=true."),
    (
        (redis.TimeoutError, TimeoutError),
        "",
        "Check the network and the server's load, or raise ?socket_timeout= in the URL.",
    ),
    (redis.exceptions.MaxConnectionsError, "", "Look up from fewer threads, or raise ?max_connections= in the URL."),
    (
        redis.exceptions.RedisClusterException,
        "",
        "Check that the servers can be reached and run in cluster mode, and that the user may run CLUSTER.",
    ),
    (redis.ConnectionError, "", "Check that the server runs and that host and port in the URL are right."),
    (redis.ResponseError, "WRONGTYPE", "The namespace is used by something else; choose another one."),
    (redis.exceptions.MasterDownError, "", "The replica has lost its master; ask another server."),
)
