"""How often the lint is right, measured on labelled SQL as people write it."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
from shop_models import read_snippets

FOLDERS = {"corpus": Path(__file__).parent / "corpus", "held out": Path(__file__).parent / "held_out"}


class Score:
    """Right, wrong and missed findings, by rule."""

    def __init__(self, snippets):
        self.right, self.wrong, self.missed = Counter(), Counter(), Counter()
        self.mistakes = []
        for snippet in snippets:
            found = snippet.found()
            self.right.update(found & snippet.leaks)
            self.wrong.update(found - snippet.leaks)
            self.missed.update(snippet.leaks - found)
            if found != snippet.leaks:
                self.mistakes.append(f"{snippet.name}: expected {sorted(snippet.leaks)}, got {sorted(found)}")

    def precision(self, rule=None):
        return _share(_count(self.right, rule), _count(self.wrong, rule))

    def recall(self, rule=None):
        return _share(_count(self.right, rule), _count(self.missed, rule))

    def table(self, title):
        rules = sorted({*self.right, *self.wrong, *self.missed})
        lines = [f"{title:<16} precision  recall  leaks"]
        for rule in [*rules, None]:
            leaks = _count(self.right, rule) + _count(self.missed, rule)
            lines.append(f"{rule or 'all':<16} {self.precision(rule):>9.2f} {self.recall(rule):>7.2f} {leaks:>6}")
        return "\n".join(["", *lines, *self.mistakes, ""])


def _count(counter, rule):
    return counter[rule] if rule else counter.total()


def _share(right, not_right):
    return right / (right + not_right) if right + not_right else 1.0


@pytest.mark.parametrize("title", FOLDERS)
def test_precision_and_recall_are_at_least_nine_in_ten(title, capsys):
    """A finding counts by its rule; the table is printed whatever pytest captures."""
    score = Score(read_snippets(FOLDERS[title]))
    with capsys.disabled():
        sys.stdout.write(score.table(title))

    assert score.precision() >= 0.9
    assert score.recall() >= 0.9


def test_the_corpus_is_large_hard_and_of_many_dialects():
    """At least 80 snippets, a third of them clean SQL that looks leaky, each rule and each common warehouse several times."""
    snippets = read_snippets(FOLDERS["corpus"])
    adapters = Counter(snippet.adapter for snippet in snippets)
    leaks = Counter(leak for snippet in snippets for leak in snippet.leaks)

    assert len(snippets) >= 80
    assert sum(snippet.is_hard for snippet in snippets) >= len(snippets) / 3
    assert (
        min(adapters[name] for name in ("duckdb", "postgres", "snowflake", "bigquery", "spark", "redshift", "trino"))
        >= 5
    )
    assert min(leaks.values()) >= 5
    assert set(leaks) == {"clock", "random", "lookahead", "all-time", "current-state", "load-time", "period-start"}


def test_no_snippet_is_counted_twice():
    """Names are unique over both folders, and texts in each dialect."""
    snippets = [snippet for folder in FOLDERS.values() for snippet in read_snippets(folder)]

    assert max(Counter(snippet.name for snippet in snippets).values()) == 1
    assert max(Counter((snippet.adapter, snippet.sql) for snippet in snippets).values()) == 1
