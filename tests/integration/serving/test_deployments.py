"""Clusters and Sentinels: real ones, on the loopback."""

from __future__ import annotations

import asyncio

import pytest
import redis
from servers import cluster_client, copy_all, fail_over, running_cluster, running_sentinel, wait_for
from shop import AIRPORT, NAMESPACE, NOON, ORDERS, ROUTE, Shop

from serving import AsyncFeatureStore, ConfigError, FeatureStore, StoreError
from serving.stores.urls import parse_deployment

KEYS = 60


@pytest.fixture(scope="module")
def cluster():
    """The ports of a cluster of three masters."""
    with running_cluster() as ports:
        yield ports


@pytest.fixture
def cluster_url(cluster, redis_url):
    """The URL of the cluster, stocked with a shop."""
    shop = Shop(redis_url)
    for key in range(KEYS):
        shop.put(ORDERS, [key], [key, None, f"city {key}"])
        shop.put(AIRPORT, [f"A{key}"], [float(key)])
    shop.put(ROUTE, ["A1", "A2"], [12])
    shop.writer.close()
    client = cluster_client(cluster)
    client.flushall(target_nodes="primaries")
    copy_all(redis_url, client)
    client.close()
    return "redis+cluster://" + ",".join(f"127.0.0.1:{port}" for port in cluster[:2])


def commands_of(ports):
    """How many MGETs each master has served."""
    counts = []
    for port in ports:
        with redis.Redis(port=port) as node:
            counts.append(node.info("commandstats").get("cmdstat_mget", {}).get("calls", 0))
    return counts


def test_a_cluster_answers_from_every_shard_in_order(cluster_url, cluster):
    """Rows of all slots, of several views, missing ones among them, as from one server."""
    before = commands_of(cluster)
    with FeatureStore.from_url(cluster_url, namespace=NAMESPACE, as_of=NOON) as store:
        answer = store.get_online_features(["orders:orders_7d", "orders:last_city"], {"customer_id": range(KEYS + 1)})
        assert answer.to_dict()["orders_7d"] == [*range(KEYS), 0]
        assert answer.to_dict()["last_city"][7] == "city 7"
        late = store.get_online_features("late_model", [{"origin": "A1", "dest": "A2"}, {"origin": "A2", "dest": None}])
        assert late.to_dict()["origin_delay"] == [1.0, 2.0]
        assert late.to_dict()["dest_delay"] == [2.0, None]
        assert late.to_dict()["flights"] == [12, None]
    assert all(now > then for now, then in zip(commands_of(cluster), before, strict=True))


def test_a_cluster_answers_asyncio_alike(cluster_url):
    async def look():
        async with AsyncFeatureStore.from_url(cluster_url, namespace=NAMESPACE, as_of=NOON) as store:
            answer = await store.get_online_features(["orders:orders_7d"], {"customer_id": range(KEYS + 1)})
            return answer.to_dict()["orders_7d"]

    assert asyncio.run(look()) == [*range(KEYS), 0]


def test_a_moved_slot_is_followed(cluster_url, cluster):
    """A client that knew the old place asks the new one, and no look-up fails."""
    with (
        FeatureStore.from_url(cluster_url, namespace=NAMESPACE, as_of=NOON) as store,
        cluster_client(cluster) as admin,
    ):
        key = "shop:test:orders@0:{5}"
        slot = admin.keyslot(key)
        source = admin.get_node_from_key(key)
        target = next(node for node in admin.get_primaries() if node.port != source.port)
        ids = {}
        for node in admin.get_primaries():
            with redis.Redis(port=node.port) as client:
                ids[node.port] = client.execute_command("CLUSTER MYID").decode()
        rows = {"customer_id": [5, 6]}
        assert store.get_online_features(["orders:orders_7d"], rows).to_dict()["orders_7d"] == [5, 6]
        with redis.Redis(port=source.port) as old, redis.Redis(port=target.port) as new:
            new.execute_command("CLUSTER SETSLOT", slot, "IMPORTING", ids[source.port])
            old.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", ids[target.port])
            for moving in old.execute_command("CLUSTER GETKEYSINSLOT", slot, 100):
                old.migrate("127.0.0.1", target.port, moving, 0, 60_000)
            for node in (new, old):
                node.execute_command("CLUSTER SETSLOT", slot, "NODE", ids[target.port])
        assert store.get_online_features(["orders:orders_7d"], rows).to_dict()["orders_7d"] == [5, 6]


def test_a_sentinel_names_the_master_and_after_a_failover_the_next(tmp_path):
    """Look-ups go on with the new master; those during the outage fail with a StoreError, or wait."""
    with running_sentinel(tmp_path, "shop") as (port, master, replica):
        shop = Shop(f"redis://127.0.0.1:{master.port}/0")
        shop.put(AIRPORT, ["EWR"], [1.5])
        url = f"redis+sentinel://127.0.0.1:{port}/shop/0"
        with FeatureStore.from_url(url, namespace=NAMESPACE, as_of=NOON) as store:

            def delay():
                return store.get_online_features(["airport:delay"], [{"airport": "EWR"}]).to_dict()["delay"]

            assert delay() == [1.5]
            with redis.Redis(port=replica.port) as client:
                wait_for(lambda: client.dbsize() >= 3, "the replica did not copy the rows")
                shop.writer.close()
                master.stop()
                fail_over(port, "shop", replica.port)

            def answers():
                try:
                    return delay() == [1.5]
                except StoreError as error:
                    assert error.hint  # noqa: PT017 - not the claim: an outage may be seen or not
                    return False

            wait_for(answers, "the new master was not asked")


def test_replicas_are_read_where_asked_for(tmp_path):
    """Synchronously and under asyncio; the master serves none of it."""
    with running_sentinel(tmp_path, "shop") as (port, master, replica):
        shop = Shop(f"redis://127.0.0.1:{master.port}/0")
        shop.put(AIRPORT, ["EWR"], [1.5])
        shop.writer.close()
        with redis.Redis(port=replica.port) as client:
            wait_for(lambda: client.exists("shop:test:airport@0:{EWR}"), "the replica did not copy the rows")
        url = f"redis+sentinel://127.0.0.1:{port}/shop?replicas=true"
        with FeatureStore.from_url(url, namespace=NAMESPACE, as_of=NOON) as store:
            answer = store.get_online_features(["airport:delay"], [{"airport": "EWR"}])
        assert answer.to_dict()["delay"] == [1.5]

        async def look():
            async with AsyncFeatureStore.from_url(url, namespace=NAMESPACE, as_of=NOON) as store:
                return (await store.get_online_features(["airport:delay"], [{"airport": "EWR"}])).to_dict()["delay"]

        assert asyncio.run(look()) == [1.5]
        assert commands_of([master.port, replica.port]) == [0, 2]


def test_a_service_that_no_sentinel_knows(tmp_path):
    with running_sentinel(tmp_path, "shop") as (port, _, _):
        store = FeatureStore.from_url(f"redis+sentinel://127.0.0.1:{port}/other", namespace=NAMESPACE)
        with pytest.raises(StoreError, match=r"No master found for 'other'.*\nHint: Check the service's name"):
            store.catalog()


def test_a_cluster_that_is_not_there():
    store = FeatureStore.from_url("redis+cluster://127.0.0.1:1,127.0.0.1:2", namespace=NAMESPACE)
    with pytest.raises(StoreError, match="Hint: "):
        store.catalog()


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://host",
        "redis+sentinel://host/",
        "redis+sentinel://host:port/shop",
        "redis+cluster://host/shop",
        "redis+cluster://",
        "redis+cluster://host?replicas=maybe",
        "redis+other://host/shop",
        "redis+sentinel://u:secret@host:x/shop?sentinel_password=hidden",
    ],
)
def test_a_malformed_url_is_refused_at_once_and_tells_no_secret(url):
    with pytest.raises(ConfigError, match="online store: expected") as caught:
        FeatureStore.from_url(url, namespace=NAMESPACE)
    if "redis+other" not in url:
        assert "secret" not in str(caught.value)
        assert "hidden" not in str(caught.value)


def test_a_url_says_everything_about_a_deployment():
    parsed = parse_deployment(
        "rediss+sentinel://me:p%40ss@a,b:1/shop/3?replicas=true&socket_timeout=0.2&sentinel_password=x"
    )
    assert parsed.nodes == (("a", 26379), ("b", 1))
    assert (parsed.service, parsed.replicas, parsed.tls) == ("shop", True, True)
    assert parsed.options.items() >= {"username": "me", "password": "p@ss", "db": 3, "socket_timeout": 0.2}.items()
    assert parsed.sentinel_options["password"] == "x"
    assert parse_deployment("redis+cluster://a:7000,b").nodes == (("a", 7000), ("b", 6379))
