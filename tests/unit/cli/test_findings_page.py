"""Claims about how findings look to people."""

from __future__ import annotations

from dataclasses import replace

import click

from featurectl.cli.findings import findings_page
from featurectl.rules.finding import Finding

LEAK = Finding(
    "leakage/random", "error", "orders", "models/orders.sql", "compiled SQL: got 'random()'", "Hash it.", line=4
)
KEY = Finding("key-unique", "warning", "orders", "models/orders.yml", "data_tests: got none", "Add one.", line=11)


def page(*findings):
    return click.unstyle(findings_page(findings)).splitlines()


def test_heads_of_a_file_are_aligned_and_files_are_apart():
    assert page(LEAK, replace(KEY, path=LEAK.path), KEY) == [
        "models/orders.sql:4   error    leakage/random  orders",
        "    compiled SQL: got 'random()'",
        "    Hint: Hash it.",
        "models/orders.sql:11  warning  key-unique      orders",
        "    data_tests: got none",
        "    Hint: Add one.",
        "",
        "models/orders.yml:11  warning  key-unique  orders",
        "    data_tests: got none",
        "    Hint: Add one.",
    ]


def test_sql_is_shown_once():
    """Most messages quote it; where one does not, it stands below, line by line."""
    assert page(replace(LEAK, sql="random()")) == page(LEAK)
    assert page(replace(LEAK, sql="select 1\nfrom a"))[2:4] == ["    | select 1", "    | from a"]


def test_of_equal_hints_in_a_row_the_last_is_enough():
    assert [line for line in page(LEAK, replace(LEAK, line=9), KEY) if "Hint" in line] == [
        "    Hint: Hash it.",
        "    Hint: Add one.",
    ]


def test_a_reason_is_shown_in_the_place_of_the_hint():
    assert page(replace(KEY, accepted="An outbox.")) == [
        "models/orders.yml:11  accepted  key-unique  orders",
        "    data_tests: got none",
        "    Accepted: An outbox.",
    ]
