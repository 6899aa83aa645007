"""How often the lint is right, measured on labelled SQL as people write it."""

from __future__ import annotations

import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from shop_models import read_snippets

HERE = Path(__file__).parent
FOLDERS = {"corpus": HERE / "corpus", "held out": HERE / "held_out", "held out second": HERE / "held_out_second"}


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


@cache
def score_of(title):
    return Score(read_snippets(FOLDERS[title]))


@pytest.mark.parametrize("title", FOLDERS)
def test_precision_and_recall_are_at_least_nine_in_ten(title, capsys):
    """A finding counts by its rule; the table is printed whatever pytest captures.

    The second held-out set was written from the documentation alone, before its writer had seen a rule or the corpus. On the day it
    was written its 40 snippets, 20 of them leaky, had precision 0.95 (19 of 20 findings right) and recall 0.95 (19 of 20 leaks found);
    a later arm of a union was matched by name instead of place, and a random id that nothing used was reported. The rules were mended then.
    """
    score = score_of(title)
    with capsys.disabled():
        sys.stdout.write(score.table(title))

    assert score.precision() >= 0.9
    assert score.recall() >= 0.9


@pytest.mark.parametrize("title", FOLDERS)
def test_what_the_rules_once_got_right_stays_right(title):
    """Nine in ten is what new SQL may expect; of these snippets each is judged as it is labelled."""
    assert score_of(title).mistakes == []


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
    """Names are unique over all folders, and texts in each dialect."""
    snippets = [snippet for folder in FOLDERS.values() for snippet in read_snippets(folder)]

    assert max(Counter(snippet.name for snippet in snippets).values()) == 1
    assert max(Counter((snippet.adapter, snippet.sql) for snippet in snippets).values()) == 1
