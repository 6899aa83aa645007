"""Any request's answer equals a naive one-by-one read."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from naive import read_one
from shop import HOUR_US, KEYS, NAMESPACE, NOON, NOON_US, Shop, view

from serving import FeatureStore
from serving.stores import open_store

WIDE_TYPES = {
    "i": "bigint",
    "d": "double",
    "m": "decimal(10, 2)",
    "s": "varchar",
    "t": "timestamptz",
    "h": "hugeint",
    "day": "date",
    "l": "float[]",
}
WIDE = view(
    "wide",
    [("k", "bigint")],
    list(WIDE_TYPES.items()),
    ttl_seconds=3600,
    defaults={"i": 7, "m": "0.50", "l": [1.5], "h": "1"},
)
OLDER = view("wide", [("k", "bigint")], [("s", "varchar"), ("i", "double"), ("d", "double")])
NUMBERS = view("numbers", [("k", "bigint")], [("a", "double"), ("b", "bigint"), ("c", "double")])
PLACES = view("places", [("name", "varchar"), ("k", "bigint")], [("x", "double"), ("flag", "boolean")], ttl_seconds=60)
VIEWS = {entry.name: entry for entry in (WIDE, NUMBERS, PLACES)}
NAMES = ["", "a", "ü|{}", "%"]
KEY = st.integers(0, 5)
FLOAT = st.floats(allow_nan=False)
INT = st.integers(-(2**63), 2**63 - 1)
EVENT = st.sampled_from([0, 1, 59 * 10**6, HOUR_US, HOUR_US + 1, 3 * HOUR_US]).map(lambda age: NOON_US - age)
WIDE_ROW = st.tuples(
    st.none() | INT,
    st.none() | FLOAT,
    st.none() | st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents).scaleb(-2)),
    st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.none() | st.integers(-(10**6), 10**6).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    st.none() | st.integers(-(2**100), 2**100),
    st.none() | st.dates(date(1, 1, 1)),
    st.none() | st.lists(st.floats(width=32, allow_nan=False), max_size=3),
)
WRITE = st.one_of(
    st.tuples(st.just(WIDE), st.tuples(KEY), EVENT, WIDE_ROW | st.none()),
    st.tuples(st.just(OLDER), st.tuples(KEY), EVENT, st.tuples(st.just("old"), FLOAT, FLOAT)),
    st.tuples(st.just(NUMBERS), st.tuples(KEY), EVENT, st.tuples(FLOAT, INT, st.none() | FLOAT) | st.none()),
    st.tuples(st.just(PLACES), st.tuples(st.sampled_from(NAMES), KEY), EVENT, st.tuples(FLOAT, st.booleans())),
)
DAMAGE = st.tuples(
    st.sampled_from([WIDE, NUMBERS]),
    KEY,
    st.sampled_from([b"", b"\x01xx", b"\x01" + bytes(20) + b"\x91\x01", b"\x02" + bytes(30)]),
)
REFERENCES = [f"{name}:{feature}" for name, entry in VIEWS.items() for feature, _ in entry.features]


@pytest.fixture
def stocked(store_url):
    """A shop with the views of this test, and a client of it."""
    shop = Shop(store_url)
    shop.writer.publish_catalog(list(VIEWS.values()))
    with FeatureStore.from_url(store_url, namespace=NAMESPACE, as_of=NOON) as client:
        yield shop, client
    shop.writer.close()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    writes=st.lists(WRITE, max_size=6),
    damage=st.lists(DAMAGE, max_size=2),
    references=st.lists(st.sampled_from(REFERENCES), min_size=1, max_size=8, unique=True),
    entities=st.lists(st.tuples(st.none() | st.sampled_from(NAMES), st.none() | KEY), min_size=1, max_size=8),
    include_stale=st.booleans(),
)
def test_an_answer_is_what_one_by_one_reads_say(stocked, writes, damage, references, entities, include_stale):
    """Whatever is stored, asked for, missing, stale, of an older schema or damaged."""
    shop, client = stocked
    for entry, key, event_us, values in writes:
        shop.put(entry, key, values, event_us=event_us)
    for entry, key, row in damage:
        shop.put_bytes(entry, [key], row)
    rows = [{"name": name, "k": k} for name, k in entities]
    answer = client.get_online_features(references, rows, full_feature_names=True, include_stale=include_stale)
    store = open_store(shop.url)

    def get(key):
        return store.mget([key])[0]

    values, statuses, events = answer.to_dict(), answer.statuses, answer.event_micros
    for reference in references:
        name, feature = reference.split(":")
        for index, row in enumerate(rows):
            parts = [row[column] for column, _ in VIEWS[name].join_keys]
            text = None if None in parts else "|".join(_text(part) for part in parts)
            expected = read_one(get, NAMESPACE, VIEWS[name], text, feature, NOON_US, include_stale=include_stale)
            column = f"{name}__{feature}"
            got = (values[column][index], statuses[column][index], events[column][index])
            assert got == expected, (reference, row)
            assert type(got[0]) is type(expected[0])
    _same_matrix(references, answer)
    store.close()


def _same_matrix(references, answer):
    """The matrix, where there is one, holds the numbers of the columns."""
    if any(reference.split(":")[1] not in {"a", "b", "c", "i", "d", "x"} for reference in references):
        return
    matrix = answer.to_numpy()
    for index, name in enumerate(answer.feature_names):
        for row, value in enumerate(answer.to_dict()[name]):
            assert math.isnan(matrix[row, index]) if value is None else matrix[row, index] == float(value)


def _text(part):
    if isinstance(part, int):
        return str(part)
    return "".join(f"%{ord(char):02X}" if char in "%{}|" else char for char in part) or "%"


def test_the_naive_reader_agrees_on_keys():
    assert KEYS.row("places", 0, f"{_text('ü|{}')}|{_text(3)}") == "shop:test:places@0:{ü%7C%7B%7D|3}"
