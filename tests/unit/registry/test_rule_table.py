"""Claims about the table of rules: it names what the code finds, and docs/checks.md says the same."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from featurectl import rules
from featurectl.rules.table import ACCEPTANCE, DECLARATIONS, HYGIENE, LEAKAGE, RULES, is_acceptable

SOURCES = sorted(Path(rules.__file__).parent.rglob("*.py"))
PAGE = (Path(__file__).parents[3] / "docs" / "checks.md").read_text(encoding="utf-8")
SEVERITIES = {"error": "error", "expected": "error", "warn": "warning", "say": "error"}


def reported():
    """(rule, severity) of every call that makes a finding under a literal name."""
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            first, method = node.args[0], getattr(node.func, "attr", getattr(node.func, "id", ""))
            texts = [first] if isinstance(first, ast.Constant) else getattr(first, "values", [])
            rule = "".join(str(text.value) if isinstance(text, ast.Constant) else "*" for text in texts)
            if method == "Finding" and rule:
                yield rule, node.args[1].value
            elif method == "say" and rule:
                yield f"leakage/{rule}", "error"
            elif method in SEVERITIES and rule and rule != "leakage/*":
                yield rule, SEVERITIES[method]


def test_every_rule_that_is_reported_is_in_the_table_and_every_other_is_not():
    """`_check_instant` alone makes its name of two."""
    names = {rule for rule, _ in reported()} - {"date-*-time"} | {"date-event-time", "date-created-time"}
    assert names == set(RULES)


def test_the_table_has_the_severity_that_is_reported():
    wrong = [(rule, severity) for rule, severity in reported() if rule in RULES and RULES[rule].severity != severity]
    assert wrong == []


def test_only_what_can_be_read_can_be_accepted():
    assert [rule for rule in DECLARATIONS | ACCEPTANCE if is_acceptable(rule)] == []
    assert [rule for rule in HYGIENE | LEAKAGE if not is_acceptable(rule)] == []
    assert not is_acceptable("no-such-rule")


@pytest.mark.parametrize(
    ("heading", "group"),
    [
        ("Declarations", DECLARATIONS),
        ("Leakage", LEAKAGE),
        ("Keys, times and services", HYGIENE),
        ("Acceptances", ACCEPTANCE),
    ],
)
def test_the_page_has_a_row_for_each_rule(heading, group):
    """After a change of the table, these are the rows to write."""
    section = re.split(r"^## ", PAGE.split(f"## {heading}\n", 1)[1], flags=re.MULTILINE)[0]
    rows = [row for row in section.splitlines() if row.startswith("| `")]
    assert rows == [written(name, rule) for name, rule in group.items()]


def written(name, rule):
    severity = "error; warning where it is uncertain" if rule.may_warn else rule.severity
    return f"| `{name}` | {severity} | {rule.meaning} | {rule.mend} |"
