"""Commands sent ahead of their replies on one connection, with a bound on the bytes under way."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

import hiredis
from redis.exceptions import (
    AskError,
    ClusterDownError,
    ClusterError,
    MasterDownError,
    MovedError,
    NoScriptError,
    ReadOnlyError,
    TryAgainError,
)
from redis.exceptions import (
    ConnectionError as RedisConnectionError,
)
from redis.exceptions import (
    TimeoutError as RedisTimeoutError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_BYTES_UNDER_WAY = 2_000_000
AGAIN_SECONDS = 15.0  # a failover takes as long
CONNECTION_FAILURES = (RedisConnectionError, RedisTimeoutError, OSError)


class Pipe:
    """One connection of redis-py, written to without its command layer, which takes longer than the server.

    Replies are integers; a reply that is an error is raised by the call that meets it, and then the pipe is of no more use.

    Args:
        connection: Of redis-py, connected.
    """

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self._total = 0

    def send(self, command: Sequence[str | bytes | int]) -> None:
        """Send one command; takes replies while too many bytes are under way."""
        packed = hiredis.pack_command(tuple(command))  # type: ignore[arg-type]
        while self._sizes and self._bytes + len(packed) > MAX_BYTES_UNDER_WAY:
            self._take()
        self.connection.send_packed_command((packed,), check_health=False)
        self._sizes.append(len(packed))
        self._bytes += len(packed)

    def drain(self) -> int:
        """Wait for all replies; the sum of those since the last drain."""
        while self._sizes:
            self._take()
        total, self._total = self._total, 0
        return total

    def _take(self) -> None:
        reply = self.connection.read_response()
        self._bytes -= self._sizes.popleft()
        self._total += int(reply)


class ClusterPipe:
    """A connection to each master of a cluster, and one script that is called once a key.

    A key whose master does not answer, or is another one by now (a resharding, a failover), is sent again through redis-py,
    which follows the cluster; that is harmless, for the script writes the same row again.

    Args:
        client: redis-py's cluster client.
        script: With one key.
    """

    def __init__(self, client: Any, script: str) -> None:
        self._client = client
        self._script = script
        self._connections: dict[str, tuple[Any, Any, str]] = {}

    def put(self, calls: Sequence[tuple[str, tuple[str | bytes | int, ...]]]) -> int:
        """Call the script for each key with its arguments; the sum of the replies.

        Raises:
            RedisError: A script failed, or the cluster did not take a key within some seconds.
        """
        of_node: dict[str, list[tuple[str, tuple[str | bytes | int, ...]]]] = {}
        nodes = {}
        for call in calls:
            node = self._client.get_node_from_key(call[0])
            nodes[node.name] = node
            of_node.setdefault(node.name, []).append(call)
        total, again, sent = 0, [], []
        for name, own in of_node.items():
            try:
                connection, sha = self._connection(nodes[name])
                packed = b"".join([hiredis.pack_command(("EVALSHA", sha, 1, key, *given)) for key, given in own])  # type: ignore[arg-type]
                connection.send_packed_command((packed,), check_health=False)
            except CONNECTION_FAILURES:
                self._forget(name)
                again += own
            else:
                sent.append((name, connection, own))
        for name, connection, own in sent:
            for index, call in enumerate(own):
                try:
                    total += int(connection.read_response())
                except CONNECTION_FAILURES:
                    self._forget(name)
                    again += own[index:]
                    break
                except (
                    AskError,
                    MovedError,
                    TryAgainError,
                    ClusterDownError,
                    MasterDownError,
                    NoScriptError,
                    ReadOnlyError,
                ):
                    again.append(call)
        return total + sum(self._put_again(*call) for call in again)

    def wait_for_replicas(self, timeout_ms: int) -> list[str]:
        """Names of the masters that have replicas, none of which acknowledged what these connections wrote."""
        behind = []
        for name, (node, connection, _) in self._connections.items():
            if not node.redis_connection.info("replication")["connected_slaves"]:
                continue
            connection.send_command("WAIT", 1, timeout_ms)
            if not connection.read_response():
                behind.append(name)
        return behind

    def close(self) -> None:
        """Close the connections."""
        for name in list(self._connections):
            self._forget(name)

    def _connection(self, node: Any) -> tuple[Any, str]:
        if node.name not in self._connections:
            pool = self._client.get_redis_connection(node).connection_pool
            connection = pool.get_connection()
            connection.send_command("SCRIPT", "LOAD", self._script)
            self._connections[node.name] = (node, connection, connection.read_response().decode())
        _, connection, sha = self._connections[node.name]
        return connection, sha

    def _forget(self, name: str) -> None:
        found = self._connections.pop(name, None)
        if found is not None:
            node, connection, _ = found
            connection.disconnect()
            if node.redis_connection is not None:
                node.redis_connection.connection_pool.release(connection)

    def _put_again(self, key: str, given: tuple[str | bytes | int, ...]) -> int:
        deadline = time.monotonic() + AGAIN_SECONDS
        while True:
            try:
                return int(self._client.eval(self._script, 1, key, *given))
            except (*CONNECTION_FAILURES, ClusterError, ClusterDownError, TryAgainError, MasterDownError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
                self._client.nodes_manager.initialize()
