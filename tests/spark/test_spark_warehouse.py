"""Spark as a warehouse, read through dbt's own connection: the newest rows of each entity, as instants in UTC."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from featurectl.manifest import Relation
from featurectl.registry import Column, FeatureView, Freshness
from featurectl.warehouse import adapter, open_warehouse
from featurectl.warehouse.base import Part, Span
from featurectl.warehouse.profile import Target
from serving.format.values import to_micros

pytestmark = pytest.mark.spark

FEATURES = {
    "n": "bigint", "ratio": "float", "price": "decimal(10, 2)", "note": "string", "bytes": "binary", "day": "date",
    "naive": "timestamp_ntz", "instant": "timestamp", "words": "array<string>",
}  # fmt: skip
NIGHT = datetime(2024, 3, 10, 2, 30)  # does not exist in New York, the session's zone
ROWS = """
    (1L, timestamp_ntz'2024-03-10 02:30:00', timestamp'2024-03-10 02:30:00Z', 1L),
    (1L, timestamp_ntz'2024-03-10 02:30:00', timestamp'2024-03-10 02:31:00Z', 2L),
    (1L, timestamp_ntz'2024-03-10 02:30:00', timestamp'2099-01-01 00:00:00Z', 3L),
    (2L, timestamp_ntz'2024-03-10 01:00:00', null, 4L),
    (null, timestamp_ntz'2024-03-10 01:00:00', null, 5L)
"""


def view():
    """On main.visits, with every type."""
    key, event, created = Column("id", "bigint"), Column("at", "timestamp_ntz"), Column("known_at", "timestamp")
    features = tuple(Column(name, data_type) for name, data_type in FEATURES.items())
    return FeatureView(
        unique_id="model.shop.visits", name="visits", version=0, is_latest=True, package="shop", description="",
        path="shop.yml", relation=Relation(None, "main", "visits"), materialized="table", entity="visit",
        columns=(key, event, created, *features), join_keys=(key,), event_timestamp=event, created_timestamp=created,
        tombstone=None, features=features, ttl_seconds=None, online=True, defaults={}, freshness=Freshness(),
        lookback_seconds=0, loaded_at=None, owner=None, access="protected", tags=(), deprecation_date=None, compiled_code=None,
        depends_on=(),
    )  # fmt: skip


def test_newest_rows_come_through_dbts_connection(cluster, monkeypatch):
    """Late, unknown and null-keyed rows are told apart; no value is moved by the session's zone; rows come a batch at a time."""
    cluster.spark.sql("create schema if not exists main")
    cluster.spark.sql("drop table if exists main.visits")
    cluster.spark.sql(
        "create table main.visits as select id, at, known_at, n, cast(0.1 as float) as ratio, cast(n + 0.5 as decimal(10, 2)) as price, "
        "concat('note ', n) as note, cast('x' as binary) as bytes, date'2024-02-29' as day, timestamp_ntz'2024-03-10 02:30:00' as naive, "
        f"timestamp'2024-07-01 10:00:00Z' as instant, array('a', null) as words from values {ROWS} as t (id, at, known_at, n)"
    )
    monkeypatch.setattr(adapter, "BATCH_ROWS", 1)
    target = Target("shop", "dev", True, "spark", {"method": "session", "schema": "main", "host": "NA"}, "profiles.yml: shop: dev")  # fmt: skip
    night_us, minute = to_micros(NIGHT), 60_000_000
    with open_warehouse(target, Path()).reading() as reading:
        now_us = reading.now_us()
        stock = reading.stock(view(), now_us)
        batches = list(reading.latest_rows(view(), now_us))
        within = list(reading.latest_rows(view(), now_us, Part([Span(night_us, night_us)])))
        before = reading.digests(view(), now_us, minute, [night_us, now_us])
        loaded = replace(view(), loaded_at=view().created_timestamp)
        loads = reading.loads(loaded, now_us, night_us + minute, night_us)
        since = list(reading.latest_rows(loaded, now_us, Part((), night_us + minute)))
    assert abs(now_us - to_micros(datetime.now(UTC))) < 60 * minute
    assert stock == (5, 3, 1, night_us + minute)
    assert [len(batch) for batch in batches] == [1, 1]
    first, second = sorted((row for batch in batches for row in batch), key=lambda row: row.keys)
    assert (list(first.keys), first.event_us, first.created_us, first.is_tombstone) == ([1], night_us, night_us + minute, False)  # fmt: skip
    assert (list(second.keys), second.created_us) == ([2], to_micros(datetime(2024, 3, 10, 1)))
    expected = [2, 0.10000000149011612, Decimal("2.50"), "note 2", b"x", date(2024, 2, 29), NIGHT, datetime(2024, 7, 1, 10), ["a", None]]  # fmt: skip
    assert [bytes(value) if isinstance(value, bytearray) else value for value in first.values] == expected
    assert [row.values[0] for batch in within for row in batch] == [1]
    assert sorted(digest.rank for digest in before) == [0, 0, 1]
    assert (loads.stock, loads.waiting) == (stock, 1)
    assert 1 in [row.keys[0] for batch in since for row in batch]


NULLS = {
    "here": "cast(null as double) as x, cast(1.5 as double) as y, array('a', null, 'b') as words",
    "there": "cast(1.5 as double) as x, cast(null as double) as y, array('a', null, 'b') as words",
    "not in the list": "cast(null as double) as x, cast(1.5 as double) as y, array('a', 'b') as words",
    "later in the list": "cast(null as double) as x, cast(1.5 as double) as y, array('a', 'b', null) as words",
}


def test_a_value_that_changes_places_with_a_null_changes_the_sum_of_its_stretch(cluster):
    """Spark's hash passes over nulls."""
    key, event, day = Column("id", "bigint"), Column("at", "timestamp"), 86_400_000_000
    features = (Column("x", "double"), Column("y", "double"), Column("words", "array<string>"))
    moved = replace(view(), relation=Relation(None, "main", "moved"), columns=(key, event, *features), event_timestamp=event, created_timestamp=None, features=features)  # fmt: skip
    target = Target("shop", "dev", True, "spark", {"method": "session", "schema": "main", "host": "NA"}, "profiles.yml: shop: dev")  # fmt: skip
    cluster.spark.sql("create schema if not exists main")
    totals = set()
    for values in NULLS.values():
        cluster.spark.sql("drop table if exists main.moved")
        cluster.spark.sql(
            f"create table main.moved as select 1L as id, timestamp'2024-01-01 00:00:00Z' as at, {values}"
        )
        with open_warehouse(target, Path()).reading() as reading:
            (digest,) = reading.digests(moved, to_micros(NIGHT), day, [to_micros(NIGHT)])
        totals.add(digest.total)
    assert len(totals) == len(NULLS)
