"""Splits are the documented rule: the same on every warehouse and in Python, and whole for each entity."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from histories import histories
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_of_splits import documented_split

if TYPE_CHECKING:
    from oracle import Row

texts = st.one_of(st.none(), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8))
numbers = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))
keys = st.fixed_dictionaries({"sensor_id": numbers, "left_id": numbers, "right_id": numbers, "origin": texts})


@pytest.fixture(scope="module")
def split(tmp_path_factory):
    """The function that docs/splits.md gives as the rule."""
    return documented_split(tmp_path_factory.mktemp("docs"))


def split_by_time(at: datetime | None, bounds: list[tuple[datetime, datetime, str]]) -> str | None:
    """The split whose [first, end) holds a time."""
    return next((name for first, end, name in bounds if at is not None and first <= at < end), None)


def spine(rows: list[Row]) -> dict[str, list[Row]]:
    """A history of nothing but spine rows, numbered."""
    numbered = [row | {"row_id": number} for number, row in enumerate(rows)]
    return {"spine": numbered, "readings": [], "pairs": [], "constants": []}


@given(rows=st.lists(keys, max_size=12))
@settings(deadline=None)
def test_a_split_by_hash_is_pythons_md5_of_the_keys(warehouse, split, rows):
    """Any whole number, any text; composite keys, salts and names with quotes; a null key is in no split."""
    history = spine(rows)
    warehouse.engine.load(history)

    got = warehouse.engine.query(warehouse.sql["split_spine"])

    for row in got:
        assert row["by_sensor"] == split([row["sensor_id"]], {"train": 0.8, "test": 0.2})
        assert row["by_pair"] == split([row["left_id"], row["right_id"]], {"train": 3, "it's": 2, "test": 1}, "o'clock")
        assert row["by_origin"] == split([row["origin"]], {"train": 0.5, "test": 0.5}, "2013")
    assert len(got) == len(rows)


def test_the_shares_are_those_of_the_weights(warehouse):
    warehouse.engine.load(spine([{"sensor_id": n, "left_id": n, "right_id": 1, "origin": str(n)} for n in range(5000)]))

    got = warehouse.engine.query(warehouse.sql["split_spine"])

    by_sensor = Counter(row["by_sensor"] for row in got)
    by_pair = Counter(row["by_pair"] for row in got)
    assert abs(by_sensor["train"] / 5000 - 0.8) < 0.02
    assert abs(by_pair["train"] / 5000 - 1 / 2) < 0.02
    assert abs(by_pair["it's"] / 5000 - 1 / 3) < 0.02


@given(history=histories)
@settings(deadline=None)
def test_a_split_by_time_leaves_out_the_embargo_behind_each_boundary(warehouse, history):
    """A row at a boundary is in the embargo, one at its end is in the later split; boundaries may carry an offset."""
    warehouse.engine.load(history)

    got = warehouse.engine.query(warehouse.sql["split_spine"])

    half, ever, never = datetime(2024, 3, 10, 6, 30), datetime(1, 1, 1), datetime(9999, 1, 1)
    hours = [half.replace(hour=hour) for hour in (5, 6, 7, 8)]
    for row in got:
        at = row["observed_at"]
        assert row["by_half"] == split_by_time(at, [(ever, half, "train"), (half, never, "test")])
        assert row["by_time"] == split_by_time(
            at,
            [
                (ever, hours[0], "train"),
                (hours[1], hours[2], "validation"),
                (hours[3], never, "test"),
            ],
        )
    assert len(got) == len(history["spine"])
