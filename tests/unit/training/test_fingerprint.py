"""The fingerprint of a table tells tables apart, and nothing but their content counts."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from featurectl.training.fingerprint import Fingerprint

ROWS = st.lists(
    st.tuples(st.none() | st.text(alphabet="an:1|\n", max_size=4), st.none() | st.text(alphabet="an:1|\n", max_size=4)),
    max_size=6,
)


@settings(deadline=None)
@given(ROWS, ROWS)
def test_two_tables_have_one_fingerprint_when_they_have_the_same_rows_in_any_order(one, other):
    """Duplicates counted; no text, separator or null can be taken for another."""
    same = sorted(one, key=repr) == sorted(other, key=repr)
    assert (fingerprint(one) == fingerprint(other)) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("", "a"), ("a", "")),
        ((None, ""), ("", None)),
        ((None, "a"), ("n", "a")),
        (("a1:b", "c"), ("a", "b1:c")),
        (("1:a", ""), ("", "1:a")),
    ],
)
def test_rows_whose_texts_join_to_the_same_differ(one, other):
    assert fingerprint([one]) != fingerprint([other])


@settings(deadline=None)
@given(ROWS, st.randoms())
def test_order_and_batches_do_not_count(rows, random):
    shuffled = random.sample(rows, len(rows))
    at = random.randint(0, len(rows))
    assert fingerprint(shuffled[:at], shuffled[at:]) == fingerprint(rows)


@settings(deadline=None)
@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_floats_that_differ_in_a_bit_differ(one, other):
    def of(value):
        found = Fingerprint()
        found.add(pa.record_batch({"x": pa.array([value], pa.float64())}))
        return found.hash

    assert (of(one) == of(other)) is (repr(one) == repr(other))


def test_the_first_columns_can_be_counted_alone():
    """What the spine's part of a training set is fingerprinted by."""
    wide = pa.record_batch({"a": [1, 2], "b": ["x", None], "c": [[1], None]})
    narrow = pa.record_batch({"a": [2, 1], "b": [None, "x"]})
    of_wide, of_narrow, of_all = Fingerprint(), Fingerprint(), Fingerprint()
    of_wide.add(wide, 2)
    of_narrow.add(narrow)
    of_all.add(wide)
    assert of_wide.hash == of_narrow.hash != of_all.hash


def fingerprint(*batches):
    found = Fingerprint()
    for rows in batches:
        columns = [[row[index] for row in rows] for index in range(2)]
        found.add(pa.record_batch([pa.array(column, pa.string()) for column in columns], names=["a", "b"]))
    return found.rows, found.hash
