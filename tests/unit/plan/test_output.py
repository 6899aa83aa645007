"""How a plan reads: at the terminal, in a pull request."""

from __future__ import annotations

from dataclasses import replace

import click
import pytest

from featurectl.cli.plan_markdown import MARK, as_markdown
from featurectl.cli.plan_text import as_text
from featurectl.cli.plan_words import sentence, size
from featurectl.plan.changes import Change, Detail, Movement, Plan
from featurectl.plan.compare import compare

TWO = ("orders_7d bigint", "spend_7d double")


@pytest.fixture
def plan(side):
    """A change of every sign."""
    used = "orders:spend_7d"
    before = side().view(features=TWO, ttl_seconds=86_400).view("old").service(used).training_set(used)
    after = side().view(features=("orders_7d bigint", "visits_7d bigint")).view("new")
    after.service("orders:orders_7d").training_set("orders:orders_7d")
    return Plan("main", compare(before.declared, after.declared), warnings=("old is | old",))


TEXT = """\
+ view new
    + feature orders_7d: int64
- view old
! view orders
    ! feature spend_7d removed, was float64
        breaks service churn_model and training set churn_training
    + feature visits_7d: int64
    - ttl removed, was 1 day
! service churn_model
    ! list of features: - orders:spend_7d, + orders:orders_7d
        breaks service churn_model
~ training set churn_training
    ~ list of features: - orders:spend_7d, + orders:orders_7d

1 to add, 3 to change, 1 to remove; 2 breaking. Compared with main."""


def test_text_has_a_sign_a_line_and_names_what_breaks(plan):
    assert click.unstyle(as_text(plan)) == TEXT


def test_what_a_sync_would_move_is_a_table_with_its_sum():
    moved = (Movement("a", "full", 1200, 34_000), Movement("b", "", 0, 0, "an empty table"))
    text = as_text(Plan("x", (), ("view c",), movements=moved))
    assert "A sync now would read 1,200 rows (34.0 kB) and write each that is not older than the one online:" in text
    assert "a     1,200  34.0 kB  full\nb: an empty table\n" in text
    assert "retired, served until `featurectl gc` removes it: view c" in text
    assert text.endswith("No differences from x.")


def test_where_nothing_can_be_written_no_rows_are_counted():
    """Not built, or refused until a break is accepted; a reason has a line of its own."""
    moved = (Movement("a", "full", 50, 1800, "not accepted"), Movement("b", "", 0, 0, "b: not built"))
    text = as_text(Plan("x", (), movements=moved))
    head = "A sync now would write nothing:\nVIEW  ROWS  BYTES   READ\na     50    1.8 kB  full\n"
    assert text.startswith(f"{head}a: not accepted\nb: not built\n")


def test_markdown_is_a_table_row_a_detail_with_cells_escaped(plan):
    """Nothing from the project ends a cell, opens a tag or mentions a person."""
    page = as_markdown(plan)
    assert page.startswith(f"{MARK}\n\n### Feature plan: breaking changes\n")
    assert (
        "| `!` | view `orders` | feature spend_7d removed, was float64 | service churn_model and training set churn_training |"
        in page
    )
    assert "| `-` | view `old` | removed |  |" in page
    assert "- :warning: old is \\| old" in page
    nasty = Detail("description", "changed", "a|b\n<script>", "@everyone")
    page = as_markdown(Plan("x", (Change("changed", "view", "v", (nasty,)),)))
    assert "| description: a\\|b &lt;script> -> @\u200beveryone |  |" in page


def test_markdown_never_outgrows_a_comment():
    """GitHub takes 65,536 characters; what is left out is counted."""
    details = tuple(Detail(f"features.{'f' * 60}{index}", "added", None, "int64") for index in range(3000))
    moved = tuple(Movement("v" * 60, "full", 1, 1) for _ in range(3000))
    page = as_markdown(Plan("x", (Change("changed", "view", "v", details),), movements=moved))
    assert len(page) < 65_536
    assert page.count("more\n") == 2


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        (Detail("ttl_seconds", "changed", 2_592_000, 604_800), "ttl: 30 days -> 7 days"),
        (Detail("defaults.x", "added", None, 0), "default of x: 0"),
        (Detail("roles.event_timestamp", "changed", "a", "b"), "event timestamp: a -> b"),
        (Detail("is_latest", "changed", True, False), "latest version: yes -> no"),
        (Detail("sql", "changed", None, ["a", "b"]), "sql of a, b"),
        (Detail("features", "changed", ["v:a", "v:b"], ["v:b", "v:a"]), "list of features: another order: v:b, v:a"),
        (Detail("description", "changed", "x" * 99, ""), f"description: {'x' * 57}... -> -"),
    ],
)
def test_a_detail_is_a_line(detail, said):
    assert sentence(detail) == said


@pytest.mark.parametrize(("count", "said"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (10**15, "1000.0 TB")])
def test_bytes_are_told_in_a_readable_unit(count, said):
    assert size(count) == said


def test_the_exit_code_is_of_the_worst_change(plan):
    assert plan.exit_code == 3
    harmless = tuple(change for change in plan.changes if not change.breaking)
    assert replace(plan, changes=harmless).exit_code == 2
    assert replace(plan, changes=()).exit_code == 0
