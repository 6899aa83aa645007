"""Reading from a Redis Cluster: keys grouped by slot, pipelined, one trip a shard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from serving.stores.failures import FAILURES, store_error
from serving.stores.urls import parse_deployment, redact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from serving.stores.urls import Deployment


class ClusterStore:
    """Rows and catalog on a cluster, through redis-py's own cluster client, which follows its topology.

    Args:
        url: ``redis+cluster://`` or ``rediss+cluster://``; the cluster is reached at the first read.

    Raises:
        ConfigError: The URL is malformed.
    """

    def __init__(self, url: str) -> None:
        self._deployment = parse_deployment(url)
        self._where = redact(url)
        self._client: Any = None

    def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of the keys, in their order, None where there is none; one round trip a shard."""
        values: list[bytes | None] = self._call("mget_nonatomic", keys) if keys else []
        return values

    def hget(self, key: str, field: str) -> bytes | None:
        """One field of a hash, None where there is none."""
        value: bytes | None = self._call("hget", key, field)
        return value

    def hgetall(self, key: str) -> dict[str, bytes]:
        """All fields of a hash; empty where there is none."""
        return {field.decode(): value for field, value in self._call("hgetall", key).items()}

    def close(self) -> None:
        """Close the connections; a later read opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _call(self, method: str, *arguments: Any) -> Any:
        try:
            if self._client is None:
                from redis.cluster import ClusterNode, RedisCluster  # noqa: PLC0415 - others do not pay for it

                self._client = cluster_client(self._deployment, RedisCluster, ClusterNode)
            return getattr(self._client, method)(*arguments)
        except FAILURES as error:
            raise store_error(self._where, error) from error


def cluster_client(deployment: Deployment, client_type: Any, node_type: Any) -> Any:
    """A redis-py client of the cluster.

    Args:
        deployment: Without a service.
        client_type: `RedisCluster` of `redis.cluster` or `redis.asyncio.cluster`.
        node_type: `ClusterNode` of the same.
    """
    from redis.cluster import LoadBalancingStrategy  # noqa: PLC0415 - likewise

    nodes = [node_type(host, port) for host, port in deployment.nodes]
    replicas = {"load_balancing_strategy": LoadBalancingStrategy.ROUND_ROBIN_REPLICAS} if deployment.replicas else {}
    options = {name: value for name, value in deployment.options.items() if name not in ("retry", "db")}
    return client_type(startup_nodes=nodes, **options, **replicas, **({"ssl": True} if deployment.tls else {}))
