"""docs/leakage.md tells the truth: of each pair of snippets the first leaks by the rule of its section, the second is clean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "leakage.md").read_text()
SECTIONS = {
    heading: re.findall(r"```sql\n(.+?)```", text, re.DOTALL)
    for heading, text in re.findall(r"^## (leakage/\S+)\n(.+?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    if "```sql" in text
}
PAIRS = [(rule, *blocks[at : at + 2]) for rule, blocks in SECTIONS.items() for at in range(0, len(blocks), 2)]


def test_every_rule_has_its_section():
    """Those of the corpus, by name; the two warnings about SQL that is not judged have no example."""
    assert list(SECTIONS) == [
        f"leakage/{rule}"
        for rule in ("clock", "random", "lookahead", "all-time", "current-state", "load-time", "period-start")
    ]
    assert re.findall(r"^## leakage/not-compiled, leakage/unparsed$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("rule", "leaky", "clean"), PAIRS)
def test_the_first_leaks_by_its_rule_and_the_second_is_clean(rule, leaky, clean, lint):
    """Exactly by that rule, in PostgreSQL's dialect as the page says."""
    assert {finding.rule for finding in lint(leaky)} == {rule}
    assert [str(finding) for finding in lint(clean)] == []
