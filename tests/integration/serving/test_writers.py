"""The writing side keeps its rules on every store."""

from __future__ import annotations

import itertools
import random
import time

import pytest
from shop import AIRPORT, KEYS, NAMESPACE, ORDERS, PUBLISHED, SERVICE, view

from featurectl.errors import OnlineStoreError
from featurectl.online.writers import open_writer
from featurectl.online.writers.base import LockHeldError, LockLostError, PutResult, PutRow, SchemaConflictError
from serving.format.rows import encode_tombstone, row_encoder
from serving.format.schemas import Schema
from serving.format.state import State
from serving.stores import open_store

SCHEMA = Schema.of([("n", "bigint")])
STATE = State("run", "2026-06-01T00:00:00Z", f"{SCHEMA.id:08x}", 1, watermark_us=5, counts={"written": 1})


@pytest.fixture
def writer(store_url):
    opened = open_writer(store_url, NAMESPACE)
    yield opened
    opened.close()


@pytest.fixture
def lock(writer):
    return writer.acquire_lock("orders", 0, ttl_ms=60_000)


@pytest.fixture
def read(store_url):
    """The stored bytes of a key, through the reading side."""
    store = open_store(store_url)
    yield lambda key: store.mget([key])[0]
    store.close()


def row(event_us, created_us=None, value=1):
    return row_encoder(SCHEMA)(event_us, created_us, [value])


def key(text):
    return KEYS.row("orders", 0, str(text))


def test_the_newest_row_wins_in_every_order(writer, lock, read):
    """(e, c) decides, e first; at equal (e, c) the last write stays; counts say what happened."""
    rows = [row(1, 9), row(2, 3), row(2, 4), row(-5, 2**62)]
    for index, order in enumerate(itertools.permutations(rows)):
        written = [writer.put_rows(lock, [PutRow(key(index), each)]).written for each in order]
        assert read(key(index)) == row(2, 4)
        newest_so_far = [max(order[: place + 1], key=lambda each: each[5:21]) for place in range(len(order))]
        assert written == [int(newest == each) for newest, each in zip(newest_so_far, order, strict=True)]
    assert writer.put_rows(lock, [PutRow(key(0), row(2, 4, value=8))]) == PutResult(1, 0)
    assert read(key(0)) == row(2, 4, value=8)


def test_every_one_of_the_sixteen_bytes_counts(writer, lock, read):
    """A difference at any bit of e or c decides, also where it is a sign or a carry between 32-bit halves."""
    instants = [0, 1, -1, 2**31, 2**32 - 1, 2**32, -(2**32), 2**62, -(2**62), 255, 256, 2**63 - 1, -(2**63)]
    rng = random.Random(3)
    for index in range(150):
        left, right = [(rng.choice(instants), rng.choice(instants)) for _ in range(2)]
        writer.put_rows(lock, [PutRow(key(index), row(*left, value=1))])
        writer.put_rows(lock, [PutRow(key(index), row(*right, value=2))])
        assert read(key(index)) == (row(*right, value=2) if right >= left else row(*left, value=1))


def test_a_tombstone_keeps_late_older_rows_out(writer, lock, read):
    tombstone = encode_tombstone(SCHEMA, 10, None)
    writer.put_rows(lock, [PutRow(key(1), row(5)), PutRow(key(1), tombstone)])
    assert writer.put_rows(lock, [PutRow(key(1), row(9))]) == PutResult(0, 1)
    assert read(key(1)) == tombstone


def test_a_full_refresh_may_replace_newer_rows(writer, lock, read):
    writer.put_rows(lock, [PutRow(key(1), row(5))])
    assert writer.put_rows(lock, [PutRow(key(1), row(4))], replace_newer=True) == PutResult(1, 0)
    assert read(key(1)) == row(4)


def test_a_batch_of_any_size_is_counted(writer, lock, read):
    """More rows than one script, one pipeline and one transaction take."""
    many = [PutRow(key(index), row(5, value=index)) for index in range(9000)]
    assert writer.put_rows(lock, many) == PutResult(9000, 0)
    assert writer.put_rows(lock, []) == PutResult(0, 0)
    older = [PutRow(each.key, row(4 if index % 3 else 6)) for index, each in enumerate(many)]
    assert writer.put_rows(lock, older) == PutResult(3000, 6000)
    assert read(key(8999)) == row(5, value=8999)
    assert set(writer.scan_keys("orders", 0)) == {each.key for each in many}


def test_an_expired_row_is_no_row(writer, lock, read):
    """A duration is kept to, an expired row does not hold older ones back, and a rewrite may lift the expiry."""
    writer.put_rows(lock, [PutRow(key(1), row(5), ttl_ms=1), PutRow(key(2), row(5), ttl_ms=1)])
    writer.put_rows(lock, [PutRow(key(2), row(6))])
    time.sleep(0.02)
    assert read(key(1)) is None
    assert writer.put_rows(lock, [PutRow(key(1), row(4))]) == PutResult(1, 0)
    assert read(key(1)) == row(4)
    assert read(key(2)) == row(6)


def test_one_sync_a_view_at_a_time(writer, store_url):
    """Another version and another view are free; a released lock can be taken; a held one says for how long."""
    lock = writer.acquire_lock("orders", 0, ttl_ms=60_000)
    other = open_writer(store_url, NAMESPACE)
    with pytest.raises(LockHeldError, match=r"shop:test:lock:orders@0: .* for up to (60|[1-5]?\d) s"):
        other.acquire_lock("orders", 0, ttl_ms=1000)
    other.acquire_lock("orders", 1, ttl_ms=1000)
    other.acquire_lock("airport", 0, ttl_ms=1000)
    writer.renew_lock(lock, ttl_ms=60_000)
    writer.release_lock(lock)
    other.acquire_lock("orders", 0, ttl_ms=1000)
    other.close()


def test_nothing_is_written_under_a_lost_lock(writer, store_url, read):
    """A lock that expired and was taken over stops every change, and its release leaves the new one alone."""
    lost = writer.acquire_lock("orders", 0, ttl_ms=1)
    time.sleep(0.01)
    other = open_writer(store_url, NAMESPACE)
    held = other.acquire_lock("orders", 0, ttl_ms=60_000)
    for change in (
        lambda: writer.put_rows(lost, [PutRow(key(1), row(1))]),
        lambda: writer.delete_rows(lost, [key(1)]),
        lambda: writer.write_state(lost, STATE),
        lambda: writer.renew_lock(lost, ttl_ms=1000),
    ):
        with pytest.raises(LockLostError, match=r"shop:test:lock:orders@0: expected to hold the lock"):
            change()
    assert read(key(1)) is None
    assert writer.read_state("orders", 0) is None
    writer.release_lock(lost)
    assert other.put_rows(held, [PutRow(key(1), row(1))]).written == 1
    other.close()


def test_an_expired_lock_is_lost_even_where_nobody_took_it(writer):
    lost = writer.acquire_lock("orders", 0, ttl_ms=1)
    time.sleep(0.01)
    with pytest.raises(LockLostError):
        writer.put_rows(lost, [PutRow(key(1), row(1))])


def test_a_schema_is_written_once(writer, read):
    """The same again is fine; another one under its id is not."""
    writer.put_schema("orders", SCHEMA)
    writer.put_schema("orders", SCHEMA)
    assert read(KEYS.schema("orders", SCHEMA.id)) == SCHEMA.encoded
    with pytest.raises(SchemaConflictError, match=f"shop:test:schema:orders:{SCHEMA.id:08x}"):
        writer.put_schema("orders", Schema(SCHEMA.columns, b"[]", SCHEMA.id))


def test_the_catalog_changes_entry_by_entry_with_a_generation(writer):
    """Entries that are not named stay; retired ones stay visible; removed ones go."""
    assert writer.read_catalog() is None
    assert writer.publish_catalog([ORDERS, AIRPORT]) == 1
    retired = view("airport", AIRPORT.join_keys, AIRPORT.features, retired_at="2026-06-02T00:00:00Z")
    assert writer.publish_catalog([retired, SERVICE]) == 2
    catalog = writer.read_catalog()
    assert catalog.generation == 2
    assert catalog.views == {("orders", 0): ORDERS, ("airport", 0): retired}
    assert catalog.services == {"late_model": SERVICE}
    assert writer.publish_catalog([], removed=[ORDERS.field, "view:never@0"]) == 3
    assert list(writer.read_catalog().views) == [("airport", 0)]


def test_a_catalog_of_a_newer_format_is_left_alone(writer, monkeypatch):
    """Neither read nor changed."""
    for module in ("redis", "sqlite"):
        monkeypatch.setattr(f"featurectl.online.writers.{module}.CATALOG_FORMAT", 2)
    writer.publish_catalog([ORDERS])
    monkeypatch.undo()
    with pytest.raises(OnlineStoreError, match="expected catalog format 1 or older, got 2"):
        writer.publish_catalog([AIRPORT])
    with pytest.raises(OnlineStoreError, match="expected catalog format 1 or older, got 2"):
        writer.read_catalog()


def test_state_is_read_as_written(writer, lock):
    assert writer.read_state("orders", 0) is None
    writer.write_state(lock, STATE)
    assert writer.read_state("orders", 0) == STATE
    assert writer.read_state("orders", 1) is None


def test_the_replication_id_stays(writer, store_url):
    other = open_writer(store_url, NAMESPACE)
    assert writer.replication_id() == other.replication_id()
    assert len(writer.replication_id()) >= 32
    other.close()


def test_a_scan_finds_the_rows_of_one_view_only(writer, lock):
    """Not of a view whose name it begins, another version, or another namespace; a dot is just a dot."""
    writer.put_rows(lock, [PutRow(key(text), row(1)) for text in ("a", "*", "~")])
    for view_name, version in (("orders_eu", 0), ("orders", 1), ("order.", 0)):
        other = writer.acquire_lock(view_name, version, ttl_ms=1000)
        writer.put_rows(other, [PutRow(KEYS.row(view_name, version, "a"), row(1))])
    assert sorted(writer.scan_keys("orders", 0)) == sorted(key(text) for text in ("a", "*", "~"))
    assert list(writer.scan_keys("order.", 0)) == [KEYS.row("order.", 0, "a")]
    for not_a_view in ("order", "order*", "order?", "order[s]"):
        assert list(writer.scan_keys(not_a_view, 0)) == []


def test_deleted_rows_are_gone(writer, lock, read):
    writer.put_rows(lock, [PutRow(key(text), row(1)) for text in ("a", "b")])
    assert writer.delete_rows(lock, [key("a"), key("never")]) == 1
    assert writer.delete_rows(lock, []) == 0
    assert (read(key("a")), read(key("b"))) == (None, row(1))


def test_two_namespaces_do_not_meet(writer, store_url):
    other = open_writer(store_url, "shop:prod")
    other.publish_catalog([view("x", [("k", "varchar")], [("n", "bigint")], published=PUBLISHED)])
    assert writer.read_catalog() is None
    other.close()
