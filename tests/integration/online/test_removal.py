"""What leaves the online store: absent keys on a full refresh, one erased entity, retired views; and nothing else."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from lab import HOUR, KEYS, NAMESPACE, Lab, Row, joined
from refusals import assert_refused
from stored import contents
from zoo import BASE

from featurectl.online.removal import erase, keyed_views, keys_of_entity
from featurectl.online.writers import open_writer
from featurectl.online.writers.base import PutRow


def keys_of(url):
    return {key if isinstance(key, (str, tuple)) else key.decode() for key in contents(url)}


@pytest.mark.parametrize("materialized", ["table", "incremental"])
def test_a_full_refresh_makes_the_store_equal_the_warehouse(store_url, tmp_path, materialized):
    """A vanished entity goes, a newer stored row gives way, and rows of other views and namespaces stay."""
    lab = Lab(tmp_path, store_url)
    lab.change(materialized=materialized)
    first = [Row(f"m{index}", index * HOUR, None, index) for index in range(50)]
    lab.build(first)
    assert lab.sync(100 * HOUR).succeeded
    foreign = {}
    for name in ("lab:test2", "lab"):
        with closing(open_writer(store_url, name)) as writer:
            lock = writer.acquire_lock("readings", 0, ttl_ms=60_000)
            writer.put_rows(lock, [PutRow(f"{name}:readings@0:{{m1}}", b"x" * 40)])
            foreign[name] = f"{name}:readings@0:{{m1}}"
    corrected = [Row("m49", 2 * HOUR, None, 7), *first[:20]]
    lab.build(corrected)
    assert lab.sync(100 * HOUR).succeeded
    assert lab.stored() == joined(first, 100 * HOUR), "newer wins, and an absent row is no news"

    report = lab.sync(100 * HOUR, full_refresh=True)

    assert (report.rows_read, report.written, report.deleted) == (21, 21, 29)
    assert lab.stored() == joined(corrected, 100 * HOUR)
    assert set(foreign.values()) <= keys_of(store_url)


def test_a_full_refresh_with_a_glob_in_the_names_touches_no_other_view(store_url, tmp_path):
    lab = Lab(tmp_path, store_url)
    lab.change(name="r*")
    lab.build([Row("m1", 0)])
    with closing(open_writer(store_url, NAMESPACE)) as writer:
        lock = writer.acquire_lock("readings", 0, ttl_ms=60_000)
        writer.put_rows(lock, [PutRow(KEYS.row("readings", 0, "m1"), b"x" * 40)])
        writer.release_lock(lock)
    assert lab.sync(HOUR, full_refresh=True).deleted == 0
    assert KEYS.row("readings", 0, "m1") in keys_of(store_url)


def test_an_erased_entity_is_gone_from_every_view_of_it(built_zoo, store_url):
    assert built_zoo.sync(BASE, url=store_url).exit_code == 0
    before = keys_of(store_url)

    erased = built_zoo.run("erase", "--entity", "pair=1|11", url=store_url)

    assert erased.exit_code == 0
    assert erased.stdout == "pairs: erased\n"
    assert erased.stderr == "Erased online only: what zoo.main.pairs still has of it, the next sync publishes again.\n"
    assert before - keys_of(store_url) == {"zoo:dev:pairs@0:{1|11}", "zoo:dev:sentinel:pairs@0"}
    again = built_zoo.run("erase", "--entity", "right_id=11,left_id=1", "--json", url=store_url)
    assert json.loads(again.stdout) == {"name": "pairs", "keys": 0}


@pytest.mark.parametrize("command", [("erase", "--entity", "pair=1|11"), ("gc",)])
def test_nothing_is_removed_from_a_store_or_namespace_that_is_not_there(built_zoo, sqlite_url, tmp_path, command):
    """A wrong name must not read as a deletion that is done; nothing is made either."""
    gone = built_zoo.run(*command, url=f"sqlite://{tmp_path}/typo.db")
    assert_refused(gone, 7, rf"{tmp_path}/typo.db: expected the file of the embedded online store, got no such file")
    assert not (tmp_path / "typo.db").exists()
    assert built_zoo.sync(BASE, url=sqlite_url).exit_code == 0
    before = contents(sqlite_url)
    wrong = built_zoo.run(*command, "--namespace", "zoo:prd", url=sqlite_url)
    assert_refused(wrong, 7, "zoo:prd:catalog: expected a catalog, found none")
    assert contents(sqlite_url) == before


def test_rows_that_a_first_sync_left_without_a_catalog_are_erased(built_zoo, sqlite_url):
    with closing(open_writer(sqlite_url, "zoo:dev")) as writer:
        lock = writer.acquire_lock("pairs", 0, ttl_ms=60_000)
        writer.put_rows(lock, [PutRow("zoo:dev:pairs@0:{1|11}", b"x" * 40)])
        writer.release_lock(lock)
    assert built_zoo.run("erase", "--entity", "pair=1|11", url=sqlite_url).stdout == "pairs: erased\n"


def test_an_erased_entity_that_is_still_in_the_warehouse_comes_back_as_it_is_there(store_url, tmp_path):
    """A late row brings its whole day with it: an older row of the erased entity must not be taken for its newest."""
    lab = Lab(tmp_path, store_url)
    rows = [Row("m1", 0, None, 1), Row("m1", 90 * HOUR, None, 2), Row("m2", 99 * HOUR, None, 3)]
    lab.build(rows)
    assert lab.sync(100 * HOUR).succeeded
    with closing(open_writer(store_url, NAMESPACE)) as writer:
        keys = keys_of_entity(keyed_views([lab.view], None), {"meter": "m1"}, KEYS)
        (removal,) = erase(keys, writer, partial(open_writer, store_url, NAMESPACE), KEYS)
    assert removal.keys == 1
    assert set(lab.stored()) == {"m2"}
    rows += [Row("m3", HOUR, None, 4)]
    lab.build(rows)
    assert lab.sync(100 * HOUR).problems == []
    assert lab.stored() == joined(rows, 100 * HOUR)


@pytest.mark.parametrize(
    ("entity", "exit_code", "message"),
    [
        ("plane=N1", 5, "expected the name of an entity to erase, got 'plane'"),
        ("pair=1", 2, r"pair: expected 2 values (left_id|right_id), got '1'"),
        ("pair=a|b", 2, "join key 'left_id': expected int64 (an int), got 'a'"),
        ("nothing", 2, "expected NAME=VALUE"),
    ],
)
def test_what_cannot_be_erased_is_said(built_zoo, sqlite_url, entity, exit_code, message):
    assert built_zoo.sync(BASE, url=sqlite_url).exit_code == 0
    before = contents(sqlite_url)
    refused = built_zoo.run("erase", "--entity", entity, url=sqlite_url)
    assert refused.exit_code == exit_code, refused.output
    assert message in refused.stderr
    assert contents(sqlite_url) == before


def test_a_view_that_left_the_manifest_is_collected_after_seven_days(zoo, store_url):
    """First a dry run; then its rows, state, sentinel and schemas go, and every other key stays."""
    assert zoo.sync(BASE, url=store_url).exit_code == 0
    before = keys_of(store_url)

    def drop_pairs(manifest):
        for name in ("model.zoo.pairs", "model.zoo.training"):
            del manifest["nodes"][name]
        manifest["exposures"].clear()

    zoo.edit_manifest(drop_pairs)
    marked = zoo.sync(BASE, url=store_url)
    assert marked.exit_code == 0, marked.output
    assert "view pairs: no longer in the manifest" in marked.stderr
    assert "service zoo_model: no longer in the manifest" in marked.stderr
    assert zoo.run("gc", "--yes", url=store_url).stdout == "", "not yet"
    later = ("--as-of", (datetime.now(UTC) + timedelta(days=7, minutes=1)).isoformat())

    dry = zoo.run("gc", *later, url=store_url)
    assert dry.stdout == "service zoo_model: 0 rows would be removed\npairs: 5 rows would be removed\n"
    assert before <= keys_of(store_url)
    assert zoo.run("gc", "--yes", *later, url=store_url).stdout.count("removed") == 2

    gone = before - keys_of(store_url)
    assert len([key for key in gone if "pairs@0:{" in str(key)]) == 5
    with closing(open_writer(store_url, "zoo:dev")) as writer:
        assert set(writer.read_catalog().views) == {("accounts", 0), ("days", 0)}
    assert not [key for key in keys_of(store_url) if "pairs" in str(key)]
    assert not [key for key in gone if "accounts" in str(key) or "days" in str(key)]
