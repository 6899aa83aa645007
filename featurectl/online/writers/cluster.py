"""Writing to a Redis Cluster: one script call a row, sent to the row's own master, many under way at once.

A script may only touch keys of one slot, and every row has its own, so no script can look at the lock as well: the lock is
looked at before each batch instead. A sync that lost its lock thus writes at most one batch more; newer still wins, row by row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redis.cluster import ClusterNode, RedisCluster

from featurectl.errors import OnlineStoreError
from featurectl.online.writers import scripts
from featurectl.online.writers.base import Lock, PutBatch, PutResult, Vitals, lock_lost, sentinel_key
from featurectl.online.writers.pipe import ClusterPipe
from featurectl.online.writers.redis import REPLICA_MS, RedisWriter, escaped
from serving.format.state import encode_state
from serving.stores.cluster import cluster_client
from serving.stores.failures import FAILURES, store_error
from serving.stores.urls import parse_deployment, redact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from serving.format.keys import KeySpace
    from serving.format.state import State

_SCAN_COUNT = 1000
_ROWS_A_CHECK = 4096


class ClusterWriter(RedisWriter):
    """The writing side of one namespace on a cluster.

    Args:
        url: ``redis+cluster://`` or ``rediss+cluster://``.
        keyspace: Of the namespace.
    """

    def __init__(self, url: str, keyspace: KeySpace) -> None:
        try:
            client = cluster_client(parse_deployment(url), RedisCluster, ClusterNode)
        except FAILURES as error:
            explained = store_error(redact(url), error)
            raise OnlineStoreError(explained.message, hint=explained.hint) from error
        super().__init__(url, keyspace, client)
        self._cluster_pipe: ClusterPipe | None = None
        self._written = 0

    def send_rows(self, lock: Lock, batch: PutBatch, *, replace_newer: bool = False) -> None:
        """Write each row whose (e, c) is not older than the stored one's; the lock is looked at before some thousand."""
        flag = "1" if replace_newer else "0"
        ttls = batch.ttls_ms or [None] * len(batch.keys)
        for start in range(0, len(batch.keys), _ROWS_A_CHECK):
            part = slice(start, start + _ROWS_A_CHECK)
            self._require_lock(lock)
            calls = [
                (key, (flag, row, "" if ttl is None else ttl))
                for key, row, ttl in zip(batch.keys[part], batch.rows[part], ttls[part], strict=True)
            ]
            with self._errors(self._keys.lock(lock.view, lock.version)):
                self._sent += len(calls)
                self._written += self._nodes().put(calls)

    def flush(self) -> PutResult:
        """What became of all rows sent since the last flush."""
        written, self._written = self._written, 0
        sent, self._sent = self._sent, 0
        return PutResult(written, sent - written)

    def read_rows(self, keys: Sequence[str]) -> list[bytes | None]:
        """The stored rows of the keys, in their order."""
        with self._errors("MGET"):
            return list(self._client.mget_nonatomic(list(keys))) if keys else []

    def scan_prefix(self, prefix: str) -> Iterator[str]:
        """All keys that start with a prefix, of every master; one may come twice."""
        with self._errors(prefix):
            for key in self._client.scan_iter(
                match=f"{escaped(prefix)}*", count=_SCAN_COUNT, target_nodes=RedisCluster.PRIMARIES
            ):
                yield key.decode()

    def delete_rows(self, lock: Lock, keys: Sequence[str]) -> int:
        """Delete rows; the lock is looked at before."""
        self._require_lock(lock)
        with self._errors("UNLINK"):
            return sum(int(self._client.unlink(key)) for key in keys)

    def write_state(self, lock: Lock, state: State) -> None:
        """Replace the view's sync state; the lock is looked at before."""
        self._set_under_lock(lock, self._keys.state(lock.view, lock.version), encode_state(state))

    def put_sentinel(self, lock: Lock) -> None:
        """Set the key whose absence says that the store has lost keys."""
        self._set_under_lock(lock, sentinel_key(self._keys, lock.view, lock.version), b"1")

    def replication_id(self) -> str:
        """Those of all masters: a failover of any of them makes another one, and so does one master more or less."""
        with self._errors("INFO replication"):
            found = self._client.info("replication", target_nodes=RedisCluster.PRIMARIES)
            return ",".join(sorted(str(info["master_replid"]) for info in _each(found)))

    def vitals(self, view: str, version: int) -> Vitals:
        """As for one server; evicted keys are those of all masters."""
        key = sentinel_key(self._keys, view, version)
        with self._errors(key):
            stats = _each(self._client.info("stats", target_nodes=RedisCluster.PRIMARIES))
            evicted = sum(int(info["evicted_keys"]) for info in stats)
            return Vitals(self.replication_id(), evicted, bool(self._client.exists(key)))

    def wait_for_replicas(self) -> None:
        """WAIT for one replica of each master that has one."""
        with self._errors("WAIT"):
            behind = self._nodes().wait_for_replicas(REPLICA_MS)
        if behind:
            raise OnlineStoreError(
                f"{self._where}: expected a replica of each master to acknowledge the rows within {REPLICA_MS} ms, "
                f"got none of {', '.join(behind)}",
                hint="The rows are written but the watermark stays; check the replicas, then run the sync again.",
            )

    def close(self) -> None:
        """Close the connections."""
        self._drop_pipe()
        self._client.close()

    def _nodes(self) -> ClusterPipe:
        if self._cluster_pipe is None:
            self._cluster_pipe = ClusterPipe(self._client, scripts.PUT_ROW)
        return self._cluster_pipe

    def _drop_pipe(self) -> None:
        pipe, self._cluster_pipe, self._sent, self._written = getattr(self, "_cluster_pipe", None), None, 0, 0
        if pipe is not None:
            pipe.close()

    def _require_lock(self, lock: Lock) -> None:
        key = self._keys.lock(lock.view, lock.version)
        with self._errors(key):
            token = self._client.get(key)
        if token != lock.token.encode():
            raise lock_lost(key)

    def _set_under_lock(self, lock: Lock, key: str, value: bytes) -> None:
        self._require_lock(lock)
        with self._errors(key):
            self._client.set(key, value)


def _each(found: Any) -> list[dict[str, Any]]:
    """The replies of several nodes; of a single one redis-py gives its reply alone."""
    values = list(found.values())
    return values if values and isinstance(values[0], dict) else [found]
