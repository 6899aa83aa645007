"""An incremental view that does not say when its rows were loaded: which stretches of time are read again."""

from __future__ import annotations

import pytest
from lab import HOUR, Lab, Row, joined

DAY = 24 * HOUR
NOW = 40 * DAY
HISTORY = [Row(f"m{day}", day * DAY + HOUR, None, 1) for day in range(30)]


@pytest.fixture
def lab(sqlite_url, tmp_path):
    made = Lab(tmp_path, sqlite_url)
    made.build(HISTORY)
    assert made.sync(NOW).problems == []
    return made


def corrected(*days):
    """The history with other values on some days."""
    return [Row(row.meter, row.read_at, None, 2 if number in days else 1) for number, row in enumerate(HISTORY)]


def test_what_lies_between_two_changed_days_is_not_read(lab):
    rows = corrected(3, 20)
    lab.build(rows)
    report = lab.sync(NOW)
    assert (report.problems, report.rows_read) == ([], 2)
    assert lab.stored() == joined(rows, NOW)


def test_days_that_follow_each_other_are_read_once(lab):
    rows = corrected(3, 4, 5)
    lab.build(rows)
    report = lab.sync(NOW)
    assert (report.problems, report.rows_read) == ([], 3)
    assert lab.stored() == joined(rows, NOW)


def test_a_row_of_a_day_that_had_none_arrives(lab):
    """Long before the first one: there is no earlier sum to compare with."""
    rows = [*HISTORY, Row("early", -9 * DAY, None, 1)]
    lab.build(rows)
    assert lab.sync(NOW).problems == []
    assert lab.stored() == joined(rows, NOW)
