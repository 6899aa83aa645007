"""What the lines of progress say, in terminals of every width."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from featurectl.cli.progress_lines import ViewProgress, progress_lines
from featurectl.online.report import ViewReport

NOW = 100.0


def view(name="plane_delays", *, rows=0, expected=None, seconds=0.0, flow=None):
    """A view that was first told of twelve seconds ago."""
    return ViewProgress(ViewReport(name, rows_expected=expected, rows_read=rows, seconds=seconds), NOW - 12, flow)


def lines(*views, columns=80, height=24, encoding="utf-8"):
    return progress_lines(views, NOW, os.terminal_size((columns, height)), encoding)


RUNNING = view(rows=620_000, expected=1_000_000, flow=(NOW - 10, 20_000))


def test_a_line_has_name_bar_percent_rows_rows_a_second_and_the_time_left():
    (line,) = lines(RUNNING)
    assert line == "plane_delays  ━━━━━━━━━━───────   62%    620,000 rows   60,000/s     00:06 left"


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (160, "plane_delays  " + "━" * 24 + "─" * 16 + "   62%    620,000 rows   60,000/s     00:06 left"),
        (70, "plane_delays  ━━━━━━━━━━━━━─────────   62%    620,000 rows   60,000/s"),
        (50, "plane_delays  ━━━━━━━━─────   62%    620,000 rows"),
        (40, "plane_delays   62%    620,000 rows"),
        (39, "plane_delays 620,000 rows"),
        (24, "plane_del… 620,000 rows"),
        (10, " 620,000…"),
    ],
)
def test_a_narrower_terminal_leaves_out_the_time_then_rows_a_second_then_the_bar(columns, line):
    assert lines(RUNNING, columns=columns) == [line]


def test_without_an_expectation_there_is_a_count_and_no_bar():
    """An incremental view."""
    (line,) = lines(view(rows=12_000, flow=(NOW - 10, 2_000)))
    assert line.split() == ["plane_delays", "12,000", "rows", "1,000/s", "00:12", "elapsed"]
    (_, beside) = lines(RUNNING, view("orders", rows=12_000))
    assert beside.split() == ["orders", "12,000", "rows", "00:12", "elapsed"], "nor beside one that has a bar"


def test_more_rows_than_expected_leave_the_bar_full():
    (line,) = lines(view(rows=25, expected=10, flow=(NOW - 5, 5)))
    assert "━━━  100%  25 rows" in line
    assert "─" not in line
    assert line.endswith("00:12 elapsed"), "nobody knows what is left"


def test_only_all_rows_are_100_percent():
    (line,) = lines(view(rows=999_999, expected=1_000_000))
    assert "  99%" in line
    assert "─" in line


def test_rows_a_second_count_from_the_first_rows_on():
    """A warehouse that sorts for a minute before is not slow to read from."""
    it = ViewProgress(ViewReport("orders", rows_expected=500), NOW - 60)
    size = os.terminal_size((80, 24))
    assert "/s" not in progress_lines([it], NOW, size, "utf-8")[0]
    it.report.rows_read = 100
    assert "/s" not in progress_lines([it], NOW + 1, size, "utf-8")[0]
    it.report.rows_read = 300
    (line,) = progress_lines([it], NOW + 3, size, "utf-8")
    assert line.endswith("300 rows      100/s     00:02 left")


def test_an_encoding_without_lines_gets_ascii():
    (line,) = lines(view("größe", rows=1, expected=2), encoding="ascii")
    assert line.startswith("gr??e  ####")
    (line,) = lines(view("größe", rows=1, expected=2), encoding="latin-1")
    assert line.startswith("größe  ####")
    (line,) = lines(view("n" * 50, rows=1, expected=2), encoding="latin-1")
    assert "n~  ###" in line


def test_views_that_wait_for_their_turn_share_a_line():
    """Those after a great view would fill the terminal."""
    waiting = [view(f"view_{number}", rows=9, seconds=0.1) for number in range(30)]
    assert lines(*waiting[:1], RUNNING, *waiting[1:])[1:] == ["30 views done, results follow in order"]
    assert lines(*waiting) == [], "it is their turn"


def test_no_more_lines_than_the_terminal_has():
    shown = lines(*(view(f"view_{number}") for number in range(30)), height=10)
    assert len(shown) == 10
    assert shown[8].startswith("view_8 ")
    assert shown[9] == "and 21 more"


def columns_of(line):
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


VIEWS = st.builds(
    view,
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=60),
    rows=st.integers(0, 10**12),
    expected=st.none() | st.integers(0, 10**12),
    seconds=st.sampled_from([0.0, 0.0, 0.0, 1.5]),
    flow=st.none() | st.tuples(st.floats(0, NOW), st.integers(0, 10**6)),
)


@given(
    st.lists(VIEWS, max_size=5),
    st.integers(2, 200),
    st.integers(1, 8),
    st.sampled_from(["utf-8", "latin-1", "ascii", "cp932"]),
)
@example([view(rows=1, expected=0)], 80, 5, "utf-8")
@example([view("車両" * 20, rows=5, expected=9)], 80, 5, "utf-8")
def test_no_line_reaches_the_last_column_nor_fails_to_be_written(views, columns, height, encoding):
    """Whatever the names, rows and encoding; the lines of several views are aligned."""
    shown = lines(*views, columns=columns, height=height, encoding=encoding)
    assert len(shown) <= height
    for line in shown:
        line.encode(encoding)
        assert columns_of(line) < columns


def test_names_of_wide_characters_keep_the_bars_aligned():
    first, second = lines(view("車両", rows=1, expected=2), view("planes", rows=1, expected=2))
    assert columns_of(first.split("━")[0]) == columns_of(second.split("━")[0])
