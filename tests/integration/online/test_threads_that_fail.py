"""A thread of a sync that cannot open its connection loses its own view alone."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest
from lab import HOUR, KEYS, NAMESPACE, Lab, Row

from featurectl.errors import OnlineStoreError
from featurectl.online.sync import sync
from featurectl.online.writers import open_writer
from featurectl.registry import Registry

HISTORY = [Row(f"m{index}", index * HOUR, None, index) for index in range(5)]
NOW = 100 * HOUR
NAMES = ["first", "second", "third", "fourth"]
REFUSAL = "the store takes no more connections"


@pytest.fixture(params=["sqlite_url", "redis_url"])
def lab(request, tmp_path):
    """A lab whose table is that of four views."""
    made = Lab(tmp_path, request.getfixturevalue(request.param))
    made.build(HISTORY)
    return made


class Opener:
    """Opens connections but for some of the views', counted from 1 in the order in which they are asked for."""

    def __init__(self, lab, failing):
        self.open, self.failing = partial(open_writer, lab.url, NAMESPACE), failing
        self.count, self.counting = 0, threading.Lock()

    def __call__(self):
        is_keeper = threading.current_thread().name.startswith("lock ")
        if threading.current_thread() is not threading.main_thread() and not is_keeper:
            with self.counting:
                self.count += 1
                place = self.count
            if place in self.failing:
                raise OnlineStoreError(REFUSAL, hint="Allow more.")
        return self.open()


def run(lab, failing, threads):
    """The outcome of a sync of all views, and the reports in the order in which they were told of."""
    views = [replace(lab.view, unique_id=f"model.lab.{name}", name=name) for name in NAMES]
    registry = Registry("lab", "duckdb", lab.generated_at, "run", "1.11", tuple(views), (), (), ())
    told = []
    options = lab.options(NOW, threads=threads)
    outcome = sync(registry, views, lab.warehouse(), Opener(lab, failing), KEYS, options, on_done=told.append)
    return outcome, told


def stored(lab):
    """View to how many rows of it are in the store, whether the catalog names it, and whether it has a state."""
    with closing(open_writer(lab.url, NAMESPACE)) as writer:
        catalog = writer.read_catalog()
        return {
            name: (
                len(set(writer.scan_keys(name, 0))),
                catalog is not None and (name, 0) in catalog.views,
                writer.read_state(name, 0) is not None,
            )
            for name in NAMES
        }


@pytest.mark.parametrize(("threads", "failing"), [(2, {1}), (4, {3}), (2, {1, 2, 3, 4})], ids=str)
def test_a_view_without_a_connection_is_reported_and_the_others_are_published(lab, threads, failing):
    """Every view has its report, in the order of the views; the next run publishes what is missing."""
    outcome, told = run(lab, failing, threads)

    assert [report.view for report in outcome.views] == NAMES
    assert told == outcome.views
    failed = {report.view for report in outcome.views if not report.succeeded}
    assert len(failed) == len(failing)
    for report in outcome.views:
        expected = [f"{report.view}: {REFUSAL}"] if report.view in failed else []
        assert (report.problems, report.hint) == (expected, "Allow more." if expected else None)
        assert report.written == (0 if expected else len(HISTORY))
    nothing, all_of_it = (0, False, False), (len(HISTORY), True, True)
    assert stored(lab) == {name: nothing if name in failed else all_of_it for name in NAMES}

    again, _ = run(lab, set(), threads)
    assert [report.problems for report in again.views] == [[]] * len(NAMES)
    assert stored(lab) == dict.fromkeys(NAMES, all_of_it)
