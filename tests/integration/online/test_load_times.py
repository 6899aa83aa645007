"""An incremental model that says when each row was loaded is read from its last load on, and yet no row is ever missed."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lab import HOUR, VIEW, Lab, Row, joined

from featurectl.registry import Column

LOADED = replace(VIEW, loaded_at=Column("loaded_at", "timestamp"))
NIGHT = 200 * HOUR
HISTORY = [Row(f"m{index % 7}", index * HOUR, index * HOUR, index, loaded_at=NIGHT - HOUR) for index in range(199)]
HISTORY += [Row("m3", 199 * HOUR, 199 * HOUR, 199, loaded_at=NIGHT)]


@pytest.fixture
def lab(store_url, tmp_path):
    made = Lab(tmp_path, store_url, LOADED)
    made.build(HISTORY)
    assert made.sync(NIGHT).succeeded
    return made


def test_the_first_sync_reads_everything_and_the_next_what_was_loaded_since(lab):
    assert lab.reports[0].read == "full: there is no state of an earlier full sync"
    rows = [*HISTORY, Row("m1", 201 * HOUR, 202 * HOUR, 9, loaded_at=203 * HOUR)]
    lab.build(rows)
    report = lab.sync(203 * HOUR)
    assert (report.read, report.rows_read, report.written) == ("incremental: by load time", 1, 1)
    assert lab.stored() == joined(rows, 203 * HOUR)
    assert lab.sync(203 * HOUR).rows_read == 0, "the last load is not read twice"


def test_a_late_row_and_a_correction_arrive_by_their_load_time_alone(lab):
    """No stretch of time is compared: two rows are read, though each lies in a day of its own."""
    late = Row("m9", 2 * HOUR, 3 * HOUR, 77, loaded_at=201 * HOUR)
    fixed = [replace(row, watts=-1, loaded_at=201 * HOUR) if row.read_at == 197 * HOUR else row for row in HISTORY]
    lab.build([*fixed, late])
    assert lab.sync(201 * HOUR).rows_read == 2
    assert lab.stored() == joined([*fixed, late], 201 * HOUR)


def test_where_a_row_of_the_last_load_was_replaced_that_load_is_read_again(lab):
    """Whether others came to it cannot be told from its sum."""
    fixed = [replace(row, watts=-1, loaded_at=201 * HOUR) if row.read_at == 198 * HOUR else row for row in HISTORY]
    fixed = [replace(row, loaded_at=NIGHT) if row.read_at == 0 else row for row in fixed]
    lab.build(fixed)
    assert lab.sync(201 * HOUR).rows_read == 3
    assert lab.stored() == joined(fixed, 201 * HOUR)


def test_a_forecast_that_was_loaded_long_ago_arrives_when_it_is_due(lab):
    rows = [*HISTORY, Row("m2", 300 * HOUR, 5 * HOUR, 55, loaded_at=201 * HOUR)]
    lab.build(rows)
    for now in (201, 299, 300):
        assert lab.sync(now * HOUR).succeeded
        assert lab.stored() == joined(rows, now * HOUR)
    assert lab.stored()["m2"][2] == 55


def test_the_rest_of_a_build_that_was_still_running_arrives(lab):
    """Its batches carry one load time, and the sync came between two of them; the second replaced more rows than it brought."""
    first = Row("m1", 210 * HOUR, None, 1, loaded_at=211 * HOUR)
    lab.build([*HISTORY, first])
    assert lab.sync(211 * HOUR).rows_read == 1
    second = Row("m9", 50 * HOUR, None, 2, loaded_at=211 * HOUR)
    rows = [*HISTORY[:100], *HISTORY[103:], first, second]
    lab.build(rows)
    assert lab.sync(212 * HOUR).rows_read == 2
    assert lab.stored()["m9"][2] == 2


def test_the_rest_of_a_build_arrives_though_the_next_build_replaced_what_it_began_with(lab):
    """As many rows have the last load time as at the last sync, but not the same."""
    first, second = (
        Row("m1", 210 * HOUR, None, 1, loaded_at=211 * HOUR),
        Row("m9", 50 * HOUR, None, 2, loaded_at=211 * HOUR),
    )
    lab.build([*HISTORY, first])
    assert lab.sync(211 * HOUR).rows_read == 1
    rows = [*HISTORY, replace(first, watts=3, loaded_at=212 * HOUR), second]
    lab.build(rows)
    assert lab.sync(212 * HOUR).succeeded
    assert lab.stored() == joined(rows, 212 * HOUR)


def test_builds_that_overlap_are_read_within_the_lookback(store_url, tmp_path):
    """One that began before another ended after it, and replaced a row: the numbers of rows do not tell."""
    lab = Lab(tmp_path, store_url, replace(LOADED, lookback_seconds=2 * 3600))
    lab.build(HISTORY)
    assert lab.sync(NIGHT).succeeded
    quick = [*HISTORY, Row("m1", 210 * HOUR, None, 1, loaded_at=212 * HOUR)]
    slow = [*quick[1:], Row("m9", 50 * HOUR, None, 2, loaded_at=211 * HOUR)]
    for rows in (quick, slow):
        lab.build(rows)
        assert lab.sync(213 * HOUR).read == "incremental: by load time"
    assert lab.stored()["m9"][2] == 2


@pytest.mark.parametrize("loaded_at", ["infinity", "-infinity", "9999-12-31"])
def test_a_load_time_that_no_clock_has_reached_is_read_always_and_hides_no_other(lab, loaded_at):
    odd = Row("m9", 1 * HOUR, None, 3)
    lab.build([*HISTORY, odd])
    with duckdb.connect(str(lab.path)) as connection:
        connection.execute(f"update readings set loaded_at = '{loaded_at}' where meter = 'm9'")
    for expected in (8, 1, 1):
        report = lab.sync(NIGHT, full_refresh=expected == 8)
        assert (report.rows_read, report.warnings) == (expected, [])
    lab.build([*HISTORY, replace(odd, loaded_at=201 * HOUR)])
    assert lab.sync(NIGHT).rows_read == 1


def test_rows_without_a_load_time_are_always_read(lab):
    rows = [*HISTORY, Row("m9", 1 * HOUR, None, 3)]
    lab.build(rows)
    for _ in range(2):
        assert lab.sync(NIGHT).rows_read == 1
    assert lab.stored() == joined(rows, NIGHT)


def test_rows_with_a_load_time_of_the_past_are_noticed_by_their_number_and_everything_is_read(lab):
    """The column copies something else: the declaration cannot be relied on, and the report says so."""
    rows = [*HISTORY, Row("m9", 1 * HOUR, None, 3, loaded_at=NIGHT - 1)]
    lab.build(rows)
    report = lab.sync(NIGHT)
    assert report.read == "full: rows came that say they were loaded before the last sync"
    assert (
        "sync.loaded_at: expected loaded_at to be when a build wrote the row, got more rows (1)" in report.warnings[0]
    )
    assert lab.stored() == joined(rows, NIGHT)


def test_a_column_that_never_says_anything_means_a_full_read_each_time(store_url, tmp_path):
    lab = Lab(tmp_path, store_url, LOADED)
    lab.build([replace(row, loaded_at=None) for row in HISTORY])
    for _ in range(2):
        report = lab.sync(NIGHT)
        assert (report.read, report.rows_read) == ("full: no row was loaded at a time that the clock has reached", 7)


def test_rows_that_an_earlier_instant_could_not_see_arrive_though_an_older_sync_was_beyond_them(lab):
    """Loaded after the sync of the night, then settled by one of the day before, at which they were not due."""
    rows = [*HISTORY, Row("m9", 150 * HOUR, None, 3, loaded_at=201 * HOUR)]
    lab.build(rows)
    assert lab.sync(100 * HOUR).read == "full: the instant is before the watermark"
    assert lab.sync(NIGHT).succeeded
    assert lab.stored() == joined(rows, NIGHT)


@pytest.mark.parametrize("at", [201, 202, 204])
def test_a_build_that_was_undone_and_made_again_is_read(lab, at):
    """The table is as it was before the last load, and what comes next may say an earlier time, the same or a later one."""
    lost = [*HISTORY, Row("m8", 201 * HOUR, None, 1, loaded_at=202 * HOUR)]
    again = [*HISTORY, Row("m9", 201 * HOUR, None, 2, loaded_at=at * HOUR)]
    for rows, now in ((lost, 202), (HISTORY, 203), (again, 204)):
        lab.build(rows)
        assert lab.sync(now * HOUR).succeeded
    assert lab.reports[-1].read == "incremental: by load time"
    assert lab.stored()["m9"][2] == 2


def test_a_view_that_begins_or_ceases_to_say_when_its_rows_were_loaded_is_read_whole(lab):
    for loaded_at in (None, LOADED.loaded_at):
        lab.change(loaded_at=loaded_at)
        assert "time or tombstone column" in lab.sync(NIGHT).read


def test_without_the_compiled_sql_in_the_manifest_a_sync_goes_on_where_the_last_one_ended(lab):
    """Dbt leaves it out for models that its last command did not select."""
    for compiled_code in (None, "select 1"):
        lab.change(compiled_code=compiled_code)
        assert lab.sync(NIGHT).read == "incremental: by load time"
    lab.change(compiled_code="select 2")
    assert lab.sync(NIGHT).read == "full: the compiled SQL has changed"


# Few distinct instants and meters: ties, bounds and overlaps come up all the time.
rows = st.builds(
    Row,
    meter=st.sampled_from("abc"),
    read_at=st.integers(0, 12).map(lambda n: n * 9 * HOUR),
    known_at=st.none() | st.integers(0, 14).map(lambda n: n * 9 * HOUR),
    watts=st.none() | st.integers(0, 3),
    is_gone=st.booleans(),
)
builds = st.tuples(st.lists(rows, max_size=4), st.lists(rows, max_size=2), st.integers(0, 3))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    steps=st.lists(
        st.tuples(builds, st.integers(0, 3), st.sampled_from(["", "sync", "between", "both", "before"])),
        min_size=1,
        max_size=7,
    ),
    lookback=st.sampled_from([0, 36 * 3600]),
    is_created=st.booleans(),
)
def test_after_any_history_of_builds_and_syncs_the_store_is_the_join_at_the_watermark(steps, lookback, is_created):
    """Each step: a build merges rows of any age in two batches of one load time, and perhaps syncs run: between, after, as of before."""
    folder = Path(tempfile.mkdtemp())
    try:
        created = LOADED.loaded_at if is_created else LOADED.created_timestamp
        view = replace(LOADED, lookback_seconds=lookback, created_timestamp=created)
        lab = Lab(folder, f"sqlite://{folder}/online.db", view)
        table, now = {("always", 0, 0): Row("always", 0, 0, 1, loaded_at=0)}, 0
        for number, ((first, second, passed), age, syncs) in enumerate(steps, start=1):
            now += passed * 20 * HOUR

            def merge(batch, number=number):
                for row in batch:
                    stamped = replace(row, loaded_at=number, known_at=number if is_created else row.known_at)
                    table[stamped.meter, *stamped.order] = stamped
                lab.build(table.values())

            merge(first)
            if syncs in {"between", "both"}:
                assert lab.sync(now).problems == []
            merge(second)
            if syncs == "before":
                lab.sync(max(0, now - age * 20 * HOUR))
            if syncs not in {"", "between"}:
                assert lab.sync(now).problems == []
                assert lab.stored() == joined(table.values(), now)
    finally:
        shutil.rmtree(folder)
