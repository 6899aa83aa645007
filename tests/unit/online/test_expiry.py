"""When a row may be dropped: e + ttl + max(ttl, one day), as a duration from now, rounded up to a millisecond."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurectl.online.encoding import Encoder
from featurectl.online.writers.base import PutRow
from featurectl.warehouse.base import LatestColumns, LatestRow
from serving.format.keys import KeySpace

DAY = 86_400
NOW_US = 1_710_072_000_000_000
SECOND_US = 1_000_000


def encoded(view, event_us, *, value=1, tombstone=False):
    """The encoder, and the rows it makes of one row, which are the same from a row as from columns."""
    encoder, of_rows = (Encoder(view, KeySpace("shop:test"), NOW_US) for _ in range(2))
    columns = LatestColumns([[7]], [event_us], [event_us], [tombstone], [[value]], [True])
    made, same = encoder.rows(columns), of_rows.rows([LatestRow([7], event_us, event_us, tombstone, [value])])
    assert [list(part or []) for part in made] == [list(part or []) for part in same]
    assert encoder.expired == of_rows.expired
    ttls_ms = made.ttls_ms or [None] * len(made.keys)
    return encoder, [PutRow(*row) for row in zip(made.keys, made.rows, ttls_ms, strict=True)]


@pytest.mark.parametrize(
    ("ttl_seconds", "age_us", "ttl_ms"),
    [
        (3600, 0, (3600 + DAY) * 1000),  # a short TTL is kept for a day more
        (DAY, 0, 2 * DAY * 1000),
        (30 * DAY, 0, 60 * DAY * 1000),  # a long one for as long again
        (3600, 1, (3600 + DAY) * 1000),  # part of a millisecond counts as one
        (3600, 1000, (3600 + DAY) * 1000 - 1),
        (3600, (3600 + DAY) * SECOND_US - 1, 1),
    ],
)
def test_the_duration_is_relative_to_now(make_view, ttl_seconds, age_us, ttl_ms):
    _, (row,) = encoded(make_view(ttl_seconds=ttl_seconds), NOW_US - age_us)
    assert row.ttl_ms == ttl_ms


@given(ttl_seconds=st.integers(1, 10**9), age_us=st.integers(0, 10**17))
def test_no_row_is_dropped_early_or_kept_a_millisecond_longer(make_view, ttl_seconds, age_us):
    """Against exact fractions; what is past its expiry is counted, not written."""
    left = Fraction((ttl_seconds + max(ttl_seconds, DAY)) * SECOND_US - age_us, 1000)

    encoder, rows = encoded(make_view(ttl_seconds=ttl_seconds), NOW_US - age_us)

    assert (encoder.expired, len(rows)) == ((0, 1) if left > 0 else (1, 0))
    if rows:
        assert left <= rows[0].ttl_ms < left + 1


@given(ttl_seconds=st.integers(1, 10**9), age_us=st.integers(0, 10**16))
def test_a_row_that_a_look_up_may_still_use_is_always_there(make_view, ttl_seconds, age_us):
    """While e >= now - ttl the row has at least a day to live."""
    if age_us <= ttl_seconds * SECOND_US:
        _, (row,) = encoded(make_view(ttl_seconds=ttl_seconds), NOW_US - age_us)
        assert row.ttl_ms >= DAY * 1000


def test_a_row_at_its_expiry_is_gone(make_view):
    """A duration of zero is none: Redis refuses it."""
    encoder, rows = encoded(make_view(ttl_seconds=3600), NOW_US - (3600 + DAY) * SECOND_US)
    assert (encoder.expired, rows) == (1, [])


def test_the_rows_past_their_expiry_are_left_out_of_a_batch(make_view):
    """The others keep their own key, bytes and duration; the count goes on from batch to batch."""
    ages_s = [0, 3600 + DAY, 60, 10 * DAY, 7200]
    events = [NOW_US - age * SECOND_US for age in ages_s]
    encoder = Encoder(make_view(ttl_seconds=3600), KeySpace("shop:test"), NOW_US)
    columns = LatestColumns([list(range(5))], events, events, [False] * 5, [list(range(5))], [True])
    made = [encoder.rows(columns) for _ in range(2)]
    assert encoder.expired == 4
    for each in made:
        assert each.keys == [f"shop:test:orders@0:{{{index}}}" for index in (0, 2, 4)]
        assert each.ttls_ms == [(3600 + DAY - ages_s[index]) * 1000 for index in (0, 2, 4)]
        assert [row[-1] for row in each.rows] == [0, 2, 4]


def test_a_view_without_ttl_never_expires(make_view):
    encoder, (row,) = encoded(make_view(), -(2**60))
    assert row.ttl_ms is None
    assert encoder.expired == 0


def test_a_tombstone_lives_as_long_as_a_row(make_view):
    """An older row that comes late must still meet it."""
    view = make_view(ttl_seconds=60)
    _, (alive,) = encoded(view, NOW_US)
    _, (gone,) = encoded(view, NOW_US, tombstone=True)
    assert gone.ttl_ms == alive.ttl_ms
    assert len(gone.row) < len(alive.row)


def test_a_value_that_does_not_fit_is_counted_and_named_by_its_key(make_view):
    """The first five are shown; a secret of another row is not."""
    encoder = Encoder(make_view(), KeySpace("shop:test"), NOW_US)
    rows = encoder.rows(LatestRow([key], NOW_US, NOW_US, False, ["many" if key else 1]) for key in range(8))
    assert len(rows.keys) == 1
    assert encoder.rejected == 7
    assert len(encoder.problems) == 5
    assert encoder.problems[0].startswith("orders: customer_id=1: expected a value of type int64, got 'many'")
