"""What each store does with single rows, beyond what its two sides agree on: expiry, damage, counts, what is under way."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import pytest
import redis
from lab import KEYS, NAMESPACE
from servers import wait_for

from featurectl.errors import OnlineStoreError
from featurectl.online.writers import open_writer, pipe
from featurectl.online.writers import redis as redis_writer
from featurectl.online.writers.base import LockLostError, PutBatch, PutResult, PutRow, sentinel_key
from serving.format.rows import row_encoder
from serving.format.schemas import Schema
from serving.format.state import State

SCHEMA = Schema.of([("watts", "bigint")])
STATE = State("run", "2026-06-01T00:00:00Z", f"{SCHEMA.id:08x}", 1)


@pytest.fixture
def writer(store_url):
    with closing(open_writer(store_url, NAMESPACE)) as opened:
        yield opened


@pytest.fixture
def lock(writer):
    return writer.acquire_lock("readings", 0, ttl_ms=600_000)


def row(event_us, value=1):
    return row_encoder(SCHEMA)(event_us, None, [value])


def key(text):
    return KEYS.row("readings", 0, str(text))


def put_raw(url, at, value):
    """Bytes under a key, behind the writers' back."""
    if url.startswith("redis://"):
        with redis.Redis.from_url(url) as client:
            client.set(at, value)
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as connection, connection:
        connection.execute("insert or replace into entries (key, value) values (?, ?)", (at, value))


def test_each_row_of_a_batch_has_its_own_expiry(writer, lock):
    """One that is gone at once, one that stays for ever, one for an hour; in any place of the batch."""
    for order in ([1, None, 3_600_000], [None, 1, 3_600_000], [3_600_000, None, 1]):
        rows = [PutRow(key(f"{order}{ttl_ms}"), row(5), ttl_ms) for ttl_ms in order]
        writer.put_rows(lock, rows)
        wait_for(lambda rows=rows: None in writer.read_rows([each.key for each in rows]), "nothing expired")
        left = [stored is not None for stored in writer.read_rows([each.key for each in rows])]
        assert left == [ttl_ms != 1 for ttl_ms in order]
        if hasattr(writer, "_client"):
            lasting = {ttl_ms: writer._client.pttl(key(f"{order}{ttl_ms}")) for ttl_ms in order}
            assert lasting[None] == -1
            assert 3_000_000 < lasting[3_600_000] <= 3_600_000


def test_an_expired_row_is_not_read_by_the_writer_either(writer, lock):
    """`erase` asks it whether there is a row to erase."""
    writer.put_rows(lock, [PutRow(key(1), row(5), 1), PutRow(key(2), row(5))])
    time.sleep(0.01)  # for at least that long: what lasts 1 ms is over, on a machine of any speed
    assert writer.read_rows([key(1), key(2), key("never")]) == [None, row(5), None]


def test_a_stored_value_too_short_for_a_row_is_replaced(writer, lock, store_url):
    """It has no times to lose by."""
    for index, damaged in enumerate((b"", b"x", row(9)[:20])):
        put_raw(store_url, key(index), damaged)
        assert writer.put_rows(lock, [PutRow(key(index), row(1))]) == PutResult(1, 0)
        assert writer.read_rows([key(index)]) == [row(1)]


def test_the_newest_row_wins_within_a_batch(writer, lock):
    """A key that comes twice: in either order, and among others."""
    for index, order in enumerate(([5, 6], [6, 5])):
        rows = [
            PutRow(key(f"{index}{text}"), row(at, at)) for text, at in zip("axa", (order[0], 1, order[1]), strict=True)
        ]
        assert writer.put_rows(lock, rows) == PutResult(3 - index, index)
        assert writer.read_rows([key(f"{index}a"), key(f"{index}x")]) == [row(6, 6), row(1, 1)]


def test_a_flush_tells_of_everything_sent_since_the_last_one(writer, lock):
    """Of several batches together; and of none twice."""
    first = PutBatch([key(index) for index in range(700)], [row(5)] * 700)
    older = PutBatch([key(index) for index in range(300)], [row(4)] * 300)
    for batch in (first, older, older):
        writer.send_rows(lock, batch)
    assert writer.flush() == PutResult(700, 600)
    assert writer.flush() == PutResult(0, 0)
    writer.send_rows(lock, older)
    assert writer.flush() == PutResult(0, 300)


def test_what_was_not_flushed_when_the_lock_was_given_back_counts_no_more(writer):
    """A sync that failed half-way, and then one of another view on the same connection."""
    lock = writer.acquire_lock("readings", 0, ttl_ms=600_000)
    writer.send_rows(lock, PutBatch([key(index) for index in range(700)], [row(5)] * 700))
    writer.release_lock(lock)
    other = writer.acquire_lock("readings", 0, ttl_ms=600_000)
    writer.send_rows(other, PutBatch([key(index) for index in range(20)], [row(6)] * 20))
    assert writer.flush() == PutResult(20, 0)


def test_a_renewed_lock_lasts_as_long_as_asked(writer, store_url):
    """Neither for ever nor for less."""
    lock = writer.acquire_lock("readings", 0, ttl_ms=60_000)
    writer.renew_lock(lock, ttl_ms=3_600_000)
    with (
        closing(open_writer(store_url, NAMESPACE)) as other,
        pytest.raises(OnlineStoreError, match=r"held by another sync for up to 3(600|5\d\d) s"),
    ):
        other.acquire_lock("readings", 0, ttl_ms=1)


def test_neither_state_nor_sentinel_is_set_under_a_lost_lock(writer, store_url):
    """The sync that took over is the one to say what is there."""
    lost = writer.acquire_lock("readings", 0, ttl_ms=1)
    time.sleep(0.01)  # for at least that long: what lasts 1 ms is over, on a machine of any speed
    with closing(open_writer(store_url, NAMESPACE)) as other:
        other.acquire_lock("readings", 0, ttl_ms=600_000)
    for change in (lambda: writer.write_state(lost, STATE), lambda: writer.put_sentinel(lost)):
        with pytest.raises(LockLostError):
            change()
    assert writer.read_state("readings", 0) is None
    assert not writer.vitals("readings", 0).has_sentinel


def test_the_vitals_tell_whether_the_sentinel_is_there(writer, lock):
    assert not writer.vitals("readings", 0).has_sentinel
    writer.put_sentinel(lock)
    assert writer.vitals("readings", 0).has_sentinel
    assert not writer.vitals("readings", 1).has_sentinel
    writer.delete_rows(lock, [sentinel_key(KEYS, "readings", 0)])
    assert not writer.vitals("readings", 0).has_sentinel


def test_a_batch_that_fails_half_way_leaves_nothing_of_it(sqlite_url):
    """A part is written whole or not at all: here the third row is none that SQLite can take."""
    with closing(open_writer(sqlite_url, NAMESPACE)) as writer:
        lock = writer.acquire_lock("readings", 0, ttl_ms=600_000)
        with pytest.raises(OnlineStoreError):
            writer.put_rows(lock, [PutRow(key(1), row(1)), PutRow(key(2), row(1)), PutRow(key(3), object())])
        assert writer.read_rows([key(1), key(2)]) == [None, None]
        assert writer.put_rows(lock, [PutRow(key(1), row(1))]) == PutResult(1, 0)


def test_no_more_bytes_are_under_way_than_allowed(redis_url, monkeypatch):
    """A reply is taken before a command that would go beyond the bound; a single greater one goes alone."""
    monkeypatch.setattr(pipe, "MAX_BYTES_UNDER_WAY", 2000)
    with redis.Redis.from_url(redis_url) as client:
        connection = client.connection_pool.get_connection()
        line = pipe.Pipe(connection)
        for size in (100, 900, 50, 1500, 5000, 10, 700, 700, 700):
            line.send(["SETRANGE", "k", 0, b"x" * size])
            assert line._bytes == sum(line._sizes)
            assert line._bytes <= 2000 or len(line._sizes) == 1
        line.drain()
        assert (line._bytes, list(line._sizes)) == (0, [])
        client.connection_pool.release(connection)


def test_replies_that_nobody_waited_for_are_never_taken_for_others(redis_url, monkeypatch):
    """A lock that is lost while scripts are under way: what the writer says of its next batch is of that batch."""
    monkeypatch.setattr(redis_writer, "_ROWS_A_SCRIPT", 2)
    with closing(open_writer(redis_url, NAMESPACE)) as writer, redis.Redis.from_url(redis_url) as client:
        lost = writer.acquire_lock("readings", 0, ttl_ms=600_000)
        client.delete(KEYS.lock("readings", 0))
        with pytest.raises(LockLostError):
            writer.put_rows(lost, [PutRow(key(index), row(1)) for index in range(20)])
        lock = writer.acquire_lock("readings", 0, ttl_ms=600_000)
        assert writer.put_rows(lock, [PutRow(key(index), row(1)) for index in range(3)]) == PutResult(3, 0)
        assert writer.put_rows(lock, [PutRow(key(index), row(0)) for index in range(3)]) == PutResult(0, 3)
