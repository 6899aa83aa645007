"""docs/example.md tells the truth: each query in it gives the table below it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[3] / "docs" / "example.md"
QUERY_AND_ANSWER = re.compile(r"```sql\n(?P<query>.*?)```\n\n(?P<answer>(?:\|[^\n]*\n)+)", re.DOTALL)


def queries_and_answers():
    page = PAGE.read_text()
    found = [match.group("query", "answer") for match in QUERY_AND_ANSWER.finditer(page)]
    assert len(found) == page.count("```sql")
    return found


@pytest.mark.parametrize(("query", "answer"), queries_and_answers())
def test_a_query_of_the_page_gives_the_answer_below_it(warehouse, query, answer):
    """Column names and values, as text, are those of the Markdown table."""
    header, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in answer.splitlines()]

    relation = warehouse.sql(query)

    assert relation.columns == header
    assert [[as_text(value) for value in row] for row in relation.fetchall()] == rows


def as_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)
