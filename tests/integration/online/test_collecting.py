"""`gc` removes a retired view with all that is its own, and nothing that is anybody else's."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import redis
from click.testing import CliRunner
from lab import NAMESPACE
from shop import PUBLISHED, view
from stored import contents

from featurectl.cli import main
from featurectl.errors import OnlineStoreError
from featurectl.online import removal
from featurectl.online.removal import Removal, collect
from featurectl.online.writers import open_writer
from featurectl.online.writers.base import LockHeldError, PutRow, sentinel_key
from featurectl.online.writers.redis import RedisWriter
from featurectl.online.writers.sqlite import SqliteWriter
from serving.format.catalog import ServiceEntry
from serving.format.keys import KeySpace
from serving.format.schemas import Schema
from serving.format.state import State

SCHEMA = Schema.of([("n", "bigint")])
OTHER_SCHEMA = Schema.of([("n", "bigint"), ("m", "bigint")])
KEYS = KeySpace(NAMESPACE)
ROWS = 25


def entry_of(name, version=0, **more):
    return view(name, [("k", "bigint")], [("n", "bigint")], version=version, **more)


def fill(url, name, version=0, *, namespace=NAMESPACE, rows=ROWS):
    """A view as a sync leaves it: rows, schemas, catalog entry, sentinel and state."""
    keys = KeySpace(namespace)
    with closing(open_writer(url, namespace)) as writer:
        for schema in (SCHEMA, OTHER_SCHEMA):
            writer.put_schema(name, schema)
        lock = writer.acquire_lock(name, version, ttl_ms=600_000)
        writer.put_rows(lock, [PutRow(keys.row(name, version, str(index)), b"x" * 30) for index in range(rows)])
        writer.publish_catalog([entry_of(name, version)])
        writer.put_sentinel(lock)
        writer.write_state(lock, State("run", "2026-06-01T00:00:00Z", f"{SCHEMA.id:08x}", 1))
        writer.release_lock(lock)


def keys_of(url):
    """All keys and catalog fields, as text."""
    found = set()
    for key, value in contents(url).items():
        if isinstance(key, tuple):
            found.add("/".join(key))
        elif isinstance(value, dict):
            found |= {f"{key.decode()}/{field.decode()}" for field in value}
        else:
            found.add(key if isinstance(key, str) else key.decode())
    return found


@pytest.fixture
def run(store_url, monkeypatch):
    """A function that collects an entry."""
    monkeypatch.setattr(removal, "_BATCH", 10)
    opener = partial(open_writer, store_url, NAMESPACE)

    def collected(entry, *, is_dry=False):
        with closing(opener()) as writer:
            return collect(entry, writer, opener, KEYS, is_dry=is_dry)

    return collected


def test_everything_of_a_view_goes_and_nothing_else(store_url, run):
    """In more than one batch; names that begin alike, globs, other versions and namespaces stay."""
    others = [("orders_eu", 0), ("order", 0), ("o*", 0), ("ordersX", 0), ("planes", 3)]
    for name, version in others:
        fill(store_url, name, version, rows=3)
    for namespace in (f"{NAMESPACE}2", "lab", "lab:tes"):
        fill(store_url, "orders", namespace=namespace, rows=3)
    before = keys_of(store_url)
    fill(store_url, "orders")

    assert run(entry_of("orders")) == Removal("orders", ROWS)

    assert keys_of(store_url) == before


@pytest.mark.parametrize("glob", ["o*", "o?", "o[r]", "o[^x]", "\\o"])
def test_a_view_whose_name_is_a_glob_goes_and_takes_no_other_with_it(store_url, run, glob):
    for name in ("orders", "or", "o"):
        fill(store_url, name, rows=3)
    before = keys_of(store_url)
    fill(store_url, glob, rows=3)
    assert run(entry_of(glob)) == Removal(glob, 3)
    assert keys_of(store_url) == before


def test_schemas_stay_for_another_version_of_the_view(store_url, run):
    """They are shared by all versions, and go with the last one."""
    fill(store_url, "orders", 2, rows=3)
    before = keys_of(store_url)
    fill(store_url, "orders", 1, rows=4)
    assert run(entry_of("orders", 1)) == Removal("orders@v1", 4)
    assert keys_of(store_url) == before
    run(entry_of("orders", 2))
    assert {key for key in keys_of(store_url) if "orders" in key} == set()


def test_a_service_goes_from_the_catalog(store_url, run):
    """And with it nothing but its entry; a dry run leaves that, too."""
    fill(store_url, "orders", rows=3)
    before = keys_of(store_url)
    service = ServiceEntry("late_model", (), PUBLISHED)
    with closing(open_writer(store_url, NAMESPACE)) as writer:
        writer.publish_catalog([service])
    with_it = keys_of(store_url)
    assert run(service, is_dry=True) == Removal("service late_model", 0)
    assert keys_of(store_url) == with_it
    run(service)
    assert keys_of(store_url) == before


def test_a_dry_run_counts_and_changes_nothing(store_url, run):
    fill(store_url, "orders")
    before = contents(store_url)
    assert run(entry_of("orders"), is_dry=True) == Removal("orders", ROWS)
    assert contents(store_url) == before


def test_a_collection_that_dies_half_way_leaves_no_state_and_is_finished_by_the_next(store_url, run, monkeypatch):
    """A view that comes back meanwhile is read in full; its entry is the last to go, or nothing would name what is left."""
    fill(store_url, "orders")
    of_kind = SqliteWriter if store_url.startswith("sqlite") else RedisWriter
    whole, calls = of_kind.delete_rows, []

    def failing(self, lock, keys):
        calls.append(keys)
        if len(calls) == 3:
            message = "the store went away"
            raise OnlineStoreError(message)
        return whole(self, lock, keys)

    with monkeypatch.context() as patch:
        patch.setattr(of_kind, "delete_rows", failing)
        with pytest.raises(OnlineStoreError):
            run(entry_of("orders"))
    left = keys_of(store_url)
    assert KEYS.state("orders", 0) not in left
    assert sentinel_key(KEYS, "orders", 0) not in left
    assert f"{KEYS.catalog}/view:orders@0" in left
    rows_left = len([key for key in left if "{" in key])
    assert 0 < rows_left < ROWS

    assert run(entry_of("orders")) == Removal("orders", rows_left)
    assert {key for key in keys_of(store_url) if "orders" in key} == set()


def test_a_view_that_is_being_synced_is_not_collected(store_url, run):
    fill(store_url, "orders", rows=3)
    with closing(open_writer(store_url, NAMESPACE)) as syncing:
        syncing.acquire_lock("orders", 0, ttl_ms=600_000)
        before = keys_of(store_url)
        with pytest.raises(LockHeldError):
            run(entry_of("orders"))
        assert keys_of(store_url) == before


def test_the_command_removes_only_when_told(redis_url, tmp_path):
    """Without --yes it says what it would remove."""
    (tmp_path / "dbt_project.yml").write_text("name: lab\nprofile: lab\n")
    fill(redis_url, "orders", rows=3)
    with closing(open_writer(redis_url, NAMESPACE)) as writer:
        writer.publish_catalog(
            [entry_of("orders", retired_at=_days_ago(8)), entry_of("airport", retired_at=_days_ago(6))]
        )
    before = contents(redis_url)

    def gc(*more):
        command = ["gc", "--namespace", NAMESPACE, "--online-store", redis_url, "--project-dir", str(tmp_path), *more]
        result = CliRunner().invoke(main, command, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    assert gc() == "orders: 3 rows would be removed\n"
    assert contents(redis_url) == before
    assert gc("--yes") == "orders: 3 rows removed\n"
    with redis.Redis.from_url(redis_url) as client:
        assert client.keys("*orders*") == []
    assert gc("--yes") == ""


def _days_ago(days):
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()
