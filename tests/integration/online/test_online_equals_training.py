"""The claim of the product: what the client answers as of T is the training set evaluated at T."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

import pytest
from exactly import exactly, training_rows
from zoo import ACCOUNTS, BASE, DAYS, HOUR, NAMESPACE, PAIRS, SPINE_COLUMNS, TICK, VALUES, Zoo

from featurectl.warehouse import duckdb as driver
from serving import FeatureStore

KEYS = ("account", "left_id", "right_id", "opened_on")
FEATURES = ["score", *VALUES, "opening_visits", "remark"]
# Bounds of the histories and their neighbours, in the order in which a scheduled job would meet them.
INSTANTS = [
    BASE - 5 * HOUR,
    BASE - HOUR - TICK,
    BASE - HOUR,
    BASE,
    BASE + TICK,
    BASE + 2 * HOUR,
    BASE + 6 * HOUR,
    BASE + 60 * HOUR,
]


def spine_at(instant: datetime) -> list[tuple[Any, ...]]:
    """Every account, pair and day at least once, at one instant."""
    width = max(len(ACCOUNTS), len(PAIRS), len(DAYS))
    entities = zip(*(itertools.cycle(pool) for pool in (ACCOUNTS, PAIRS, DAYS)), strict=True)
    return [
        (index, account, *pair, day, instant)
        for index, (account, pair, day) in enumerate(itertools.islice(entities, 2 * width))
    ]


def expected_at(zoo: Zoo, instant: datetime) -> list[dict[str, Any]]:
    (compiled,) = (zoo.project_dir / "target" / "compiled").rglob("training.sql")
    return training_rows(
        zoo.duckdb_path,
        compiled.read_text(),
        spine='"zoo"."main"."spine"',
        columns=SPINE_COLUMNS,
        rows=spine_at(instant),
    )


def answered_at(url: str, rows: list[dict[str, Any]], instant: datetime) -> list[dict[str, Any]]:
    entities = [{key: row[key] for key in KEYS} for row in rows]
    with FeatureStore.from_url(url, namespace=NAMESPACE, as_of=instant) as client:
        return client.get_online_features("zoo_model", entities).to_rows()


def test_as_of_any_instant_the_service_answers_the_training_row(built_zoo, store_url):
    """Value for value, type for type, name for name in one order: syncs in the order of time into one store."""
    for instant in INSTANTS:
        assert built_zoo.sync(instant, url=store_url).exit_code == 0 or instant == INSTANTS[0]
        if instant == INSTANTS[0]:
            continue  # before the first row, nothing is published
        expected = expected_at(built_zoo, instant)

        answer = answered_at(store_url, expected, instant)

        assert [name for name in answer[0] if name not in KEYS] == FEATURES == list(expected[0])[6:]
        for got, row in zip(answer, expected, strict=True):
            for name in FEATURES:
                assert exactly(got[name]) == exactly(row[name]), f"{name} of {got} at {instant}"


def test_rows_long_past_their_ttl_are_not_written_and_not_missed(built_zoo, sqlite_url):
    """Their expiry is relative to the instant; the client answers as if they were there."""
    late = BASE + 60 * HOUR
    result = built_zoo.sync(late, url=sqlite_url)
    assert "ok pairs: 0 of 5 rows written, 5 expired" in result.stdout
    (row,) = answered_at(sqlite_url, [{"account": "plain", "left_id": 1, "right_id": 11, "opened_on": None}], late)
    assert (row["score"], row["text"]) == (None, "none's")


def test_the_histories_hold_every_corner(built_zoo):
    """The claim above is worth little where the sample lacks a corner: each feature is seen null and not null."""
    rows = [row for instant in INSTANTS for row in expected_at(built_zoo, instant)]
    for name in FEATURES:
        assert len({str(exactly(row[name])) for row in rows}) >= 3, name
        assert None in [row[name] for row in rows], name
    assert {type(row["naive"]) for row in rows} == {datetime, type(None)}


@pytest.mark.parametrize("as_of", [BASE - HOUR, BASE + 2 * HOUR, BASE + 60 * HOUR])
def test_a_first_sync_answers_as_a_store_that_was_kept(built_zoo, sqlite_url, as_of, monkeypatch):
    """One sync into an empty store gives the training row too, in batches of any size: nothing depends on earlier runs."""
    monkeypatch.setattr(driver, "BATCH_ROWS", 3)
    assert built_zoo.sync(as_of, url=sqlite_url).exit_code == 0
    expected = expected_at(built_zoo, as_of)
    for got, row in zip(answered_at(sqlite_url, expected, as_of), expected, strict=True):
        assert {name: exactly(got[name]) for name in FEATURES} == {name: exactly(row[name]) for name in FEATURES}
