"""Newer rows win, the watermark comes last, and what a live model uses is not changed until told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from lab import Lab, Row
from stored import contents
from zoo import BASE, HOUR, NAMESPACE

from featurectl.build import read_registry
from featurectl.errors import OnlineStoreError
from featurectl.manifest import read_manifest
from featurectl.online.writers import open_writer
from featurectl.online.writers.redis import RedisWriter
from featurectl.online.writers.sqlite import SqliteWriter
from featurectl.warehouse import duckdb as driver
from serving.format.values import to_micros

VIEWS = ("accounts", "days", "pairs")
KILLED = """
import os, signal, sys
from featurectl.online.writers.redis import RedisWriter
from featurectl.online.writers.sqlite import SqliteWriter

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

step = sys.argv.pop(1)
setattr(RedisWriter, step, die)
setattr(SqliteWriter, step, die)
from featurectl.cli import main
main()
"""


def rows_of(url):
    """The rows alone: their keys have the hash tag."""
    texts = {key if isinstance(key, (str, tuple)) else key.decode(): value for key, value in contents(url).items()}
    return {key: value for key, value in texts.items() if "@0:{" in key}


def states_of(url):
    writer = open_writer(url, NAMESPACE)
    try:
        return {view: writer.read_state(view, 0) for view in VIEWS}
    finally:
        writer.close()


def catalog_of(url):
    writer = open_writer(url, NAMESPACE)
    try:
        return writer.read_catalog()
    finally:
        writer.close()


def test_an_older_instant_leaves_newer_rows(built_zoo, store_url):
    """Sync as of T2, then as of T1 < T2: what T1 reads is older or equal, row by row, so nothing changes."""
    assert built_zoo.sync(BASE + 2 * HOUR, url=store_url).exit_code == 0
    newer = rows_of(store_url)

    again = built_zoo.sync(BASE, url=store_url)

    assert again.exit_code == 0
    assert rows_of(store_url) == newer
    assert "older than the store's" in again.stdout


def test_any_order_of_instants_ends_in_one_store(built_zoo, store_url, tmp_path):
    """Forward, or back and forth: the rows are those of one sync as of the last instant."""
    for hours in (-2, 3, 0, 1, 3):
        assert built_zoo.sync(BASE + hours * HOUR, url=store_url).exit_code == 0
    once = f"sqlite://{tmp_path}/once.db"
    assert built_zoo.sync(BASE + 3 * HOUR, url=once).exit_code == 0
    together = rows_of(store_url)
    assert rows_of(once).items() <= together.items()


def test_state_and_catalog_say_what_happened(built_zoo, store_url):
    """The watermark is the greatest a read, never the clock; the catalog carries types, keys, TTL and who built it."""
    before = datetime.now(UTC)
    as_of = BASE + 17 * HOUR / 10

    assert built_zoo.sync(as_of, url=store_url).exit_code == 0

    for view, state in states_of(store_url).items():
        assert state.watermark_us < to_micros(as_of), view
        assert state.watermark_us in (to_micros(BASE + HOUR), to_micros(BASE + HOUR) + 1), view
        assert state.counts["read"] == state.counts["written"] > 0
        assert before <= datetime.fromisoformat(state.last_success) <= datetime.now(UTC)
        assert state.format == 1
        assert state.replication_id
        assert len(state.code_checksum) == 64
    catalog = catalog_of(store_url)
    pairs = catalog.views["pairs", 0]
    assert pairs.join_keys == (("left_id", "int64"), ("right_id", "int64"))
    assert pairs.features == (("score", "int64"), ("remark", "string"))
    assert (pairs.ttl_seconds, pairs.entity, pairs.is_latest) == (3600, "pair", True)
    assert pairs.schema_id == states_of(store_url)["pairs"].schema_id
    assert (pairs.published.project, pairs.published.target) == ("zoo", "dev")
    accounts = catalog.views["accounts", 0]
    assert "batch" not in dict(accounts.features)
    assert "is_deleted" not in dict(accounts.features)
    assert accounts.defaults["big"] == -9007199254740993
    assert [feature.output_name for feature in catalog.services["zoo_model"].features][:2] == ["score", "big"]


def test_a_sync_without_news_changes_no_row(built_zoo, store_url):
    assert built_zoo.sync(BASE, url=store_url).exit_code == 0
    first = rows_of(store_url)
    assert built_zoo.sync(BASE, url=store_url).exit_code == 0
    assert rows_of(store_url) == first


@pytest.mark.parametrize("killed_at", ["send_rows", "publish_catalog", "write_state"])
def test_a_sync_killed_at_any_step_is_repaired_by_the_next(built_zoo, store_url, killed_at):
    """SIGKILL before the data, between data and catalog, between catalog and watermark: the watermark never runs ahead."""
    folder = str(built_zoo.project_dir)
    arguments = ["sync-online", "--project-dir", folder, "--profiles-dir", folder, "--select", "pairs"]
    arguments += ["--as-of", BASE.isoformat(), "--online-store", store_url]
    done = subprocess.run([sys.executable, "-c", KILLED, killed_at, *arguments], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr

    assert states_of(store_url)["pairs"] is None, "no watermark without the whole sync"
    assert bool(rows_of(store_url)) == (killed_at != "send_rows")
    assert (catalog_of(store_url) is not None) == (killed_at == "write_state")

    held = built_zoo.sync(BASE, url=store_url)
    assert held.exit_code == 8
    assert "pairs@0: expected to take the lock, got one held by another sync for up to" in held.stderr
    drop_lock(store_url)
    assert built_zoo.sync(BASE, url=store_url).exit_code == 0
    clean = rows_of(store_url)
    assert clean
    assert states_of(store_url)["pairs"].watermark_us == to_micros(BASE)


def drop_lock(url):
    """As time would."""
    writer = open_writer(url, NAMESPACE)
    if isinstance(writer, RedisWriter):
        writer._client.delete(f"{NAMESPACE}:lock:pairs@0")
    else:
        writer._connection.execute("delete from locks")
    writer.close()


def test_a_sync_that_dies_between_two_batches_is_repaired_by_the_next(built_zoo, sqlite_url, monkeypatch):
    """Half of the rows, but nothing that says so: no catalog, no watermark; then all of them."""
    whole, batches = SqliteWriter.send_rows, []

    def failing(self, lock, rows, **more):
        batches.append(rows)
        if len(batches) == 2:
            raise KeyboardInterrupt
        return whole(self, lock, rows, **more)

    with monkeypatch.context() as patch:
        patch.setattr(SqliteWriter, "send_rows", failing)
        patch.setattr(driver, "BATCH_ROWS", 2)
        assert built_zoo.sync(BASE, url=sqlite_url, select="pairs").exit_code == 1

    assert len(rows_of(sqlite_url)) == 2
    assert catalog_of(sqlite_url) is None
    assert states_of(sqlite_url)["pairs"] is None
    again = built_zoo.sync(BASE, url=sqlite_url, select="pairs")
    assert again.exit_code == 0, "the lock was given back"
    assert len(rows_of(sqlite_url)) == 5


@pytest.mark.parametrize("fails_at", ["put_schema", "send_rows", "publish_catalog", "write_state"])
def test_a_store_that_fails_on_the_way_keeps_the_old_watermark(built_zoo, sqlite_url, monkeypatch, fails_at):
    """The other views are published, the lock is given back, and the next run needs nothing but to be run."""
    assert built_zoo.sync(BASE - HOUR, url=sqlite_url).exit_code == 0
    old = states_of(sqlite_url)
    whole = getattr(SqliteWriter, fails_at)

    def failing(self, first, *others, **more):
        if getattr(first, "view", first) == "pairs" or "pairs" in str(first):
            message = "the disk is full"
            raise OnlineStoreError(message, hint="Make room.")
        return whole(self, first, *others, **more)

    with monkeypatch.context() as patch:
        patch.setattr(SqliteWriter, fails_at, failing)
        failed = built_zoo.sync(BASE, "--exclude", "entity:account", url=sqlite_url)
    if fails_at == "publish_catalog":  # the services cannot be published either
        assert failed.exit_code == 7
    else:
        assert failed.exit_code == 8
        assert "1 of 2 views were not (wholly) published:\n  pairs: the disk is full\nHint: Make room." in failed.stderr
    new = states_of(sqlite_url)
    assert new["pairs"] == old["pairs"]
    assert new["days"].watermark_us > old["days"].watermark_us

    assert built_zoo.sync(BASE, url=sqlite_url).exit_code == 0
    assert states_of(sqlite_url)["pairs"].watermark_us == to_micros(BASE)


def test_an_older_manifest_is_refused_unless_forced(zoo, sqlite_url):
    """A job of yesterday's code must not replace what today's has published."""
    assert zoo.sync(BASE, url=sqlite_url).exit_code == 0
    before = contents(sqlite_url)

    def age(manifest):
        manifest["metadata"]["generated_at"] = "2020-01-01T00:00:00.000000Z"

    zoo.edit_manifest(age)
    refused = zoo.sync(BASE + HOUR, url=sqlite_url)
    assert refused.exit_code == 8
    assert "pairs: expected a manifest not older than the one that published it" in refused.stderr
    assert "got 2020-01-01" in refused.stderr
    assert "--force" in refused.stderr
    assert "service zoo_model: a newer manifest has published it" in refused.stderr
    assert contents(sqlite_url) == before

    assert zoo.sync(BASE + HOUR, "--force", url=sqlite_url).exit_code == 0
    assert contents(sqlite_url) != before


def drop_remark(manifest):
    """The training set asks for one feature less."""
    block = manifest["nodes"]["model.zoo.training"]["config"]["meta"]["training_set"]
    block["features"].remove("pairs:remark")


def drop_remark_column(manifest):
    drop_remark(manifest)
    del manifest["nodes"]["model.zoo.pairs"]["columns"]["remark"]


def test_a_changed_list_of_a_service_is_kept_until_told(zoo, sqlite_url):
    assert zoo.sync(BASE, url=sqlite_url).exit_code == 0
    old = catalog_of(sqlite_url).services["zoo_model"].features
    zoo.edit_manifest(drop_remark)

    kept = zoo.sync(BASE, url=sqlite_url)

    assert kept.exit_code == 8
    refusal = "service zoo_model: its list of features is another; the old list is kept"
    assert refusal in kept.stderr
    assert "--accept-breaking" in kept.stderr
    assert kept.stdout.count("ok ") == 3, "the views are published all the same"
    assert catalog_of(sqlite_url).services["zoo_model"].features == old
    assert zoo.sync(BASE, "--accept-breaking", url=sqlite_url).exit_code == 0
    assert catalog_of(sqlite_url).services["zoo_model"].features == old[:-1]


def test_a_feature_that_a_live_service_uses_does_not_go_away_until_told(zoo, sqlite_url):
    """The service keeps its list, so a view that lacks a feature of it is not published over the old one."""
    look_up = ("get-online", "zoo_model", "-e", "account=plain,left_id=1,right_id=11,opened_on=2024-01-01")
    assert zoo.sync(BASE, url=sqlite_url).exit_code == 0
    zoo.edit_manifest(drop_remark_column)

    refused = zoo.sync(BASE, url=sqlite_url)

    assert refused.exit_code == 8
    assert (
        "pairs: expected no breaking change, got: the feature 'remark' is gone; breaks service zoo_model"
        in refused.stderr
    )
    assert "--accept-breaking" in refused.stderr
    assert zoo.run(*look_up, url=sqlite_url).exit_code == 0
    assert zoo.sync(BASE, "--accept-breaking", url=sqlite_url).exit_code == 0
    assert "remark" not in zoo.run(*look_up, url=sqlite_url).stdout


def retype_key(manifest):
    manifest["nodes"]["model.zoo.pairs"]["columns"]["left_id"]["data_type"] = "varchar"


def test_a_changed_join_key_is_refused_and_the_other_views_are_synced(zoo, sqlite_url):
    """Nothing of the view is written, neither rows nor catalog nor state; its last sync goes on being served."""
    assert zoo.sync(BASE - HOUR, url=sqlite_url).exit_code == 0
    rows, entry, states = rows_of(sqlite_url), catalog_of(sqlite_url).views["pairs", 0], states_of(sqlite_url)
    zoo.edit_manifest(retype_key)

    refused = zoo.sync(BASE, url=sqlite_url)

    assert refused.exit_code == 8
    assert (
        "pairs: expected no breaking change, got: the join keys are left_id string, right_id int64, were "
        in refused.stderr
    )
    assert "breaks service zoo_model" in refused.stderr
    is_pair = lambda key: ":pairs@0:" in str(key)  # noqa: E731
    assert {key: row for key, row in rows_of(sqlite_url).items() if is_pair(key)} == {
        key: row for key, row in rows.items() if is_pair(key)
    }
    assert catalog_of(sqlite_url).views["pairs", 0] == entry
    assert states_of(sqlite_url)["pairs"] == states["pairs"]
    assert states_of(sqlite_url)["days"].watermark_us > states["days"].watermark_us


def test_a_view_that_is_taken_offline_under_a_service_stays_and_is_told(zoo, sqlite_url):
    """The service goes on asking for it, so not even --accept-breaking takes it away."""
    assert zoo.sync(BASE, url=sqlite_url).exit_code == 0

    def take_offline(manifest):
        manifest["nodes"]["model.zoo.pairs"]["config"]["meta"]["feature_view"]["online"] = False

    zoo.edit_manifest(take_offline)
    refused, accepted = zoo.sync(BASE, url=sqlite_url), zoo.sync(BASE, "--accept-breaking", url=sqlite_url)

    said = "view pairs: the view is gone; breaks service zoo_model; it stays online"
    assert (refused.exit_code, accepted.exit_code) == (8, 0)
    assert f"  {said}" in refused.stderr
    assert f"Warning: {said}" in accepted.stderr
    assert catalog_of(sqlite_url).views["pairs", 0].retired_at is None


def test_a_deprecated_version_is_told_in_its_report(sqlite_url, tmp_path):
    """A sync succeeds all the same; machines find it in the report's JSON."""
    lab = Lab(tmp_path, sqlite_url)
    lab.change(version=1, deprecation_date="2026-01-31T00:00:00+00:00")
    lab.build([Row("m1", 0)])
    report = lab.sync(1)
    assert report.succeeded
    assert report.warnings == ["readings@v1 is deprecated since 2026-01-31"]


def test_a_plan_says_what_a_sync_refuses_and_nothing_once_it_is_accepted(zoo, sqlite_url):
    """The same rule, so the same names; and a plan after a sync is empty, but for views that were not selected."""
    plan = ("plan", "--json", "--as-of", BASE.isoformat())
    assert zoo.sync(BASE, url=sqlite_url).exit_code == 0
    others = {view.name for view in read_registry(read_manifest(zoo.manifest_path)).views} - set(VIEWS)

    def planned():
        result = zoo.run(*plan, url=sqlite_url)
        made = json.loads(result.stdout)
        assert result.exit_code == made["exit_code"]
        return made, {change["name"] for change in made["changes"]} - others

    made, names = planned()
    assert names == set()
    moved = {each["view"]: (each["rows"], each["bytes"]) for each in made["movements"]}
    for view, state in states_of(sqlite_url).items():
        assert moved[view][0] == state.counts["written"]
        assert moved[view][1] >= 21 * moved[view][0], "a header a row, at least"
    zoo.edit_manifest(drop_remark_column)
    made, names = planned()
    assert (made["exit_code"], names) == (3, {"pairs", "zoo_model"})
    (problem,) = [each["problem"] for each in made["movements"] if each["view"] == "pairs"]
    assert problem == "nothing of it is written unless its breaking change is accepted (--accept-breaking)"
    assert zoo.sync(BASE, "--accept-breaking", url=sqlite_url).exit_code == 0
    assert planned()[1] == set()


def test_a_service_waits_for_all_its_views(built_zoo, sqlite_url):
    result = built_zoo.sync(BASE, url=sqlite_url, select="pairs")
    assert result.exit_code == 0
    assert "service zoo_model: not published, for these views are not online yet: accounts, days" in result.stderr
    assert built_zoo.sync(BASE, "--exclude", "pairs", url=sqlite_url).exit_code == 0
    assert "zoo_model" in catalog_of(sqlite_url).services
