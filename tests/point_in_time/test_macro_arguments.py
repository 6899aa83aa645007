"""A wrong argument stops compilation with the macro, the argument, what was expected, what came, and what to write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def rolling(**changed: str) -> str:
    """A call of rolling_window, right but for what is changed."""
    arguments = {
        "events": "'events'",
        "join_keys": "['k']",
        "event_timestamp": "'e'",
        "aggregates": "[{'function': 'sum', 'column': 'x'}]",
        "windows": "[{'count': 1, 'period': 'day'}]",
    }
    return f"rolling_window({', '.join(f'{name}={value}' for name, value in (arguments | changed).items())})"


WRONG = {
    rolling(
        join_keys="'k'"
    ): "rolling_window: `join_keys`: expected a non-empty list, got 'k'. Hint: write join_keys=[...]",
    rolling(event_timestamp="none"): "rolling_window: `event_timestamp`: expected the name of a column, got None.",
    rolling(created_timestamp="3"): "rolling_window: `created_timestamp`: expected the name of a column, got 3.",
    rolling(windows="[{'count': 7, 'period': 'days'}]"): (
        "rolling_window: `windows`: expected {count: <positive integer>, period: second | minute | hour | day | week}, "
        "got {'count': 7, 'period': 'days'}. Hint: write {'count': 7, 'period': 'day'}."
    ),
    rolling(windows="['7d']"): "got '7d'.",
    rolling(windows="[{'count': 0, 'period': 'day'}]"): "got {'count': 0, 'period': 'day'}.",
    rolling(aggregates="[{'function': 'median', 'column': 'x'}]"): (
        "rolling_window: `aggregates`: expected a mapping whose function is one of count, sum, avg, min, max, count_distinct, "
        "got {'function': 'median', 'column': 'x'}. Hint: write {'function': 'sum', 'column': 'amount'}."
    ),
    rolling(
        aggregates="[{'function': 'sum'}]"
    ): "rolling_window: `column of sum`: expected the name of a column, got None.",
    rolling(aggregates="[{'function': 'sum', 'colum': 'x'}]"): "got 'colum'. Hint: did you mean column?",
    rolling(windows="[{'count': 1, 'period': 'day'}, {'count': 1, 'period': 'day'}]"): (
        "rolling_window: `aggregates`: expected output names that are all different, got 'x_sum_1d' twice."
    ),
    "latest('spine')": "latest: `view`: expected one feature view, got 'spine' (0 found). Hint: mark the model with",
    "latest('readings@2')": "latest: `view`: expected a feature view as name or name@v2, got 'readings@2'.",
    "latest('nothing')": "depends on a node named 'nothing' which was not found",
    "latest('readings', as_of=3)": "latest: `as_of`: expected an SQL expression of a timestamp, got 3.",
    "spine_from('readings', every='1h')": "spine_from: `every`: expected {count: <positive integer>",
    "split(keys=[], weights={'a': 1, 'b': 1})": "split: `keys`: expected a non-empty list, got [].",
    "split(keys=['k'], weights={'a': 1})": "split: `weights`: expected a mapping of two or more split names to weights,",
    "split(keys=['k'], weights={'a': 1, 'b': 0})": "split: `weights`: expected names with weights above zero, got 'b': 0.",
    "split_by_time('t', boundaries=['July'])": (
        "split_by_time: `boundaries`: expected a date or timestamp in ISO form, got 'July'. Hint: write boundaries=["
    ),
    "split_by_time('t', boundaries=['2024-02-30'])": "expected a date or timestamp in ISO form, got '2024-02-30'.",
    "split_by_time('t', boundaries=['2024-01-02', '2024-01-01'])": "expected a second boundary after the first",
    "split_by_time('t', boundaries=['2024-01-01', '2024-01-02'], embargo={'count': 1, 'period': 'day'})": (
        "expected a second boundary after the first and its embargo, got '2024-01-02'. Hint: move it, or shorten the embargo."
    ),
}


@pytest.fixture(scope="module")
def answers(consumer):
    """What dbt says to each call, all asked in one process."""
    script = Path(__file__).with_name("inline.py")
    calls = json.dumps([f"{{{{ featurectl.{call} }}}}" for call in WRONG])
    done = subprocess.run(
        [sys.executable, script, consumer.project_dir, calls],
        cwd=consumer.project_dir,
        env=os.environ | consumer.environment,
        capture_output=True,
        text=True,
        timeout=1200,
        check=True,
    )
    return dict(zip(WRONG, json.loads(done.stdout.splitlines()[-1]), strict=True))


@pytest.mark.parametrize("call", WRONG)
def test_a_wrong_argument_says_what_to_write(answers, call):
    assert WRONG[call] in " ".join(answers[call].split())
