"""A slot of a cluster that moves to another master, as in a resharding."""

from __future__ import annotations

from typing import Any

from redis.crc import key_slot


class Move:
    """A slot on its way, with its one key, to another master."""

    def __init__(self, cluster: Any, key: str) -> None:
        self.key, self.slot = key, key_slot(key.encode())
        source = cluster.nodes_manager.get_node_from_slot(self.slot)
        self.to = next(node for node in cluster.get_primaries() if node.name != source.name)
        self.nodes = [cluster.get_redis_connection(node) for node in cluster.get_primaries()]
        self.source, self.target = cluster.get_redis_connection(source), cluster.get_redis_connection(self.to)

    def start(self) -> None:
        """From here on the old master sends the key's callers to the new one, once a call."""
        ids = [node.execute_command("CLUSTER MYID").decode() for node in (self.source, self.target)]
        self.target.execute_command("CLUSTER SETSLOT", self.slot, "IMPORTING", ids[0])
        self.source.execute_command("CLUSTER SETSLOT", self.slot, "MIGRATING", ids[1])
        self.source.execute_command("MIGRATE", self.to.host, self.to.port, self.key, 0, 60_000)

    def finish(self) -> None:
        """From here on it is the new master's."""
        name = self.target.execute_command("CLUSTER MYID").decode()
        for node in (self.target, self.source, *self.nodes):
            node.execute_command("CLUSTER SETSLOT", self.slot, "NODE", name)
