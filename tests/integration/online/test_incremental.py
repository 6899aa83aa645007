"""An incremental model is read from its watermark on, and yet no row is ever missed."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lab import HOUR, KEYS, NAMESPACE, Lab, Row, joined

from featurectl.online.writers import open_writer
from featurectl.registry import Column

DAY = 24 * HOUR
HISTORY = [Row(f"m{index % 7}", index * HOUR, index * HOUR, index) for index in range(200)]


@pytest.fixture
def lab(store_url, tmp_path):
    made = Lab(tmp_path, store_url)
    made.build(HISTORY)
    assert made.sync(200 * HOUR).succeeded
    return made


def test_the_first_sync_reads_everything_and_the_next_only_what_is_new(lab):
    assert lab.reports[0].read == "full: there is no state of an earlier full sync"
    new = [Row("m1", 201 * HOUR, 202 * HOUR, 9)]
    lab.build([*HISTORY, *new])

    report = lab.sync(203 * HOUR)

    assert (report.read, report.rows_read, report.written) == ("incremental", 1, 1)
    assert lab.stored() == joined([*HISTORY, *new], 203 * HOUR)


def test_without_news_nothing_is_read(lab):
    report = lab.sync(500 * HOUR)
    assert (report.rows_read, report.problems) == (0, [])
    assert report.watermark_us == lab.reports[0].watermark_us, "never the clock"


@pytest.mark.parametrize("ticks", [-1, 0, 1])
def test_a_row_around_the_bound_of_the_last_read_arrives(lab, ticks):
    """One microsecond before the watermark, at it, after it: each becomes visible only now."""
    new = Row("m9", 0, 199 * HOUR + ticks, 9)
    lab.build([*HISTORY, new])
    assert lab.sync(200 * HOUR).succeeded
    assert lab.stored() == joined([*HISTORY, new], 200 * HOUR)


def test_the_lookback_is_read_again(lab):
    lab.change(lookback_seconds=3 * 3600)
    assert lab.sync(200 * HOUR).rows_read == 3


def test_a_row_that_becomes_visible_long_after_it_was_known_arrives(lab):
    """The build that brings it comes days after newer rows were synced; the watermark is far beyond it."""
    late = Row("m9", 2 * HOUR, 3 * HOUR, 77)
    lab.build([*HISTORY, late])
    report = lab.sync(201 * HOUR)
    assert "1 earlier stretches of time have changed" in report.read
    assert report.rows_read < 30, "a day of history, not all of it"
    assert lab.stored() == joined([*HISTORY, late], 201 * HOUR)


def test_a_corrected_value_of_an_old_row_arrives_though_its_times_are_the_same(lab):
    fixed = [replace(row, watts=-1) if row.read_at == 197 * HOUR else row for row in HISTORY]
    lab.build(fixed)
    assert lab.sync(200 * HOUR).succeeded
    assert lab.stored() == joined(fixed, 200 * HOUR)


def test_a_forecast_arrives_when_it_is_due(lab):
    rows = [*HISTORY, Row("m2", 300 * HOUR, 5 * HOUR, 55)]
    lab.build(rows)
    for now in (201, 299, 300):
        assert lab.sync(now * HOUR).succeeded
        assert lab.stored() == joined(rows, now * HOUR)
    assert lab.stored()["m2"][2] == 55


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"compiled_code": "select 2"}, "the compiled SQL has changed"),
        ({"features": (Column("watts", "double"),)}, "the schema has changed"),
        ({"ttl_seconds": 10**9}, "the TTL or the relation has changed"),
        ({"tombstone": None}, "tombstone column"),
        ({"created_timestamp": None}, "time or tombstone column"),
        ({"materialized": "table"}, "a table is always read whole"),
    ],
)
def test_another_declaration_is_read_whole_and_the_report_says_why(lab, change, reason):
    lab.change(**change)
    report = lab.sync(200 * HOUR)
    assert report.read.startswith("full: ")
    assert reason in report.read
    assert report.rows_read == 7


def test_a_lost_sentinel_is_answered_by_a_full_read(lab):
    with closing(open_writer(lab.url, NAMESPACE)) as writer:
        key = f"{NAMESPACE}:sentinel:readings@0"
        assert writer.read_rows([key]) == [b"1"]
        lock = writer.acquire_lock("readings", 0, ttl_ms=10_000)
        writer.delete_rows(lock, [key, KEYS.row("readings", 0, "m3")])
        writer.release_lock(lock)
    assert "sentinel" in lab.sync(200 * HOUR).read
    assert lab.stored() == joined(HISTORY, 200 * HOUR)
    assert lab.sync(200 * HOUR).read == "incremental"


@pytest.mark.parametrize("materialized", ["incremental", "table"])
def test_an_earlier_instant_is_read_whole_and_changes_neither_rows_nor_watermark(lab, materialized):
    """Newer rows stay, so the store is still what the later instant made it, and the watermark says so."""
    lab.change(materialized=materialized)
    before, watermark = lab.stored(), lab.state().watermark_us
    report = lab.sync(100 * HOUR)
    assert report.read.startswith("full: ")
    assert (lab.stored(), lab.state().watermark_us, report.watermark_us) == (before, watermark, watermark)
    late = [*HISTORY, Row("m9", 150 * HOUR, None, 5)]
    lab.build(late)
    assert lab.sync(200 * HOUR).problems == []
    assert lab.stored() == joined(late, 200 * HOUR)


def test_a_full_refresh_as_of_an_earlier_instant_takes_the_watermark_back_with_the_rows(lab):
    report = lab.sync(100 * HOUR, full_refresh=True)
    assert lab.state().watermark_us == report.watermark_us < lab.reports[0].watermark_us
    assert lab.stored() == joined(HISTORY, 100 * HOUR)


def test_an_earlier_instant_on_a_store_that_lost_rows_claims_only_what_it_read(lab):
    """The watermark would otherwise run ahead of the rows that are gone."""
    with closing(open_writer(lab.url, NAMESPACE)) as writer:
        lock = writer.acquire_lock("readings", 0, ttl_ms=10_000)
        writer.delete_rows(lock, [f"{NAMESPACE}:sentinel:readings@0", KEYS.row("readings", 0, "m3")])
        writer.release_lock(lock)
    assert lab.sync(100 * HOUR).problems == []
    assert lab.state().watermark_us < lab.reports[0].watermark_us


def test_since_reads_from_there_on_and_leaves_the_watermark(lab):
    state = lab.state()
    report = lab.sync(200 * HOUR, since_us=lab.reports[0].watermark_us - 3 * HOUR)
    assert report.rows_read == 4
    assert lab.state() == state


def test_a_dry_run_counts_and_writes_nothing(lab):
    rows = [*HISTORY, Row("m1", 201 * HOUR, 202 * HOUR, 9), Row("m2", 0, 203 * HOUR, 8)]
    lab.build(rows)
    before, state = lab.stored(), lab.state()
    report = lab.sync(203 * HOUR, dry_run=True)
    assert (report.read, report.rows_read, report.written, report.skipped_older) == ("incremental", 2, 1, 1)
    assert (lab.stored(), lab.state()) == (before, state)


# Few distinct instants and meters: ties, bounds and overlaps come up all the time.
rows = st.builds(
    Row,
    meter=st.sampled_from("abc"),
    read_at=st.integers(0, 12).map(lambda n: n * 9 * HOUR),
    known_at=st.none() | st.tuples(st.integers(0, 14), st.integers(0, 2)).map(lambda n: n[0] * 9 * HOUR + n[1]),
    watts=st.none() | st.integers(0, 3),
    is_gone=st.booleans(),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    steps=st.lists(st.tuples(st.lists(rows, max_size=4), st.integers(0, 3), st.booleans()), min_size=1, max_size=7),
    lookback=st.sampled_from([0, 1, 36 * 3600]),
)
def test_after_any_history_of_builds_and_syncs_the_store_is_the_join_at_the_watermark(steps, lookback):
    """Each step: some rows of any age become visible, time goes on, and perhaps a sync runs."""
    folder = Path(tempfile.mkdtemp())
    try:
        lab = Lab(folder, f"sqlite://{folder}/online.db", replace(Lab(folder, "").view, lookback_seconds=lookback))
        warehouse, now = [Row("always", 0, 0, 1)], 0
        for appeared, passed, is_synced in steps:
            warehouse += appeared
            now += passed * 20 * HOUR
            if is_synced:
                lab.build(warehouse)
                report = lab.sync(now)
                assert report.succeeded, report.problems
                assert lab.stored() == joined(warehouse, now)
    finally:
        shutil.rmtree(folder)
