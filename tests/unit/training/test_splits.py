"""Claims about splits: what the macros would not take is refused where it is written, before dbt is called."""

from __future__ import annotations

import math

import numpy as np
import pytest
from click.testing import CliRunner

from featurectl.cli import main
from featurectl.errors import TrainingSetError
from featurectl.training.instants import micros_of_text
from featurectl.training.splits import HashSplit, TimeSplit, require_split

DAY = 86_400_000_000
HALVES = {"train": 1, "test": 1}
WEEK = {"count": 7, "period": "day"}


@pytest.mark.parametrize(
    "weights",
    [
        {"train": math.nan, "test": 1}, {"train": math.inf, "test": 1}, {"train": 0, "test": 1}, {"train": -1, "test": 2},
        {"train": True, "test": 1}, {"train": "1", "test": 1}, {"train": 1}, {}, None, [("a", 1), ("b", 1)], {"": 1, "b": 1},
        {1: 1, 2: 1}, {"a": 1e308, "b": 1e308},
    ],
)  # fmt: skip
def test_weights_are_two_or_more_numbers_above_zero(weights):
    with pytest.raises(TrainingSetError, match="split weights: expected") as refused:
        HashSplit(weights, ["tailnum"])
    assert "'train': 0.8" in refused.value.hint


@pytest.mark.parametrize("keys", ["tailnum", [], None, [1], [""]])
def test_keys_are_a_list_of_columns(keys):
    with pytest.raises(TrainingSetError, match="split keys: expected a list of columns of the spine"):
        HashSplit(HALVES, keys)


def test_a_salt_is_a_text():
    with pytest.raises(TrainingSetError, match="split salt: expected a text, got 2013"):
        HashSplit(HALVES, ["tailnum"], 2013)


def test_weights_of_numpy_are_written_as_the_macro_reads_them():
    split = HashSplit({"train": np.float64(0.75), "test": 1}, ["tailnum"])
    assert "weights={'train': 0.75, 'test': 1}" in split.jinja("t")


@pytest.mark.parametrize(
    "boundary", ["banana", "2013-02-30", "2013-1-1", "2013-01-01 25:00", "", None, 2013, "0000-01-01"]
)
def test_a_boundary_is_an_iso_date_or_timestamp(boundary):
    with pytest.raises(TrainingSetError, match="split boundary: expected a date or timestamp in ISO form") as refused:
        TimeSplit([boundary])
    assert "--split-at" in refused.value.hint


@pytest.mark.parametrize("boundaries", [[], "2013-01-01", None, ["2013-01-01", "2013-02-01", "2013-03-01"]])
def test_there_are_one_or_two_boundaries(boundaries):
    with pytest.raises(TrainingSetError, match="split boundaries: expected a list of one or two"):
        TimeSplit(boundaries)


@pytest.mark.parametrize(
    "embargo", ["7d", {}, {"count": 7}, {"count": 0, "period": "day"}, {"count": 7, "period": "days"}, 7,
                {"count": True, "period": "day"}, {"count": 1.5, "period": "day"}, {"count": 1, "period": ["day"]}],
)  # fmt: skip
def test_an_embargo_is_written_as_dbt_does(embargo):
    with pytest.raises(TrainingSetError, match="embargo: expected") as refused:
        TimeSplit(["2013-01-01"], embargo)
    assert "'period': 'day'" in refused.value.hint


@pytest.mark.parametrize("second", ["2013-01-01", "2012-12-31", "2013-01-08", "2013-01-08 01:00+01:00"])
def test_a_second_boundary_lies_behind_the_first_and_its_embargo(second):
    with pytest.raises(TrainingSetError, match="a second one after the first and its embargo"):
        TimeSplit(["2013-01-01", second], WEEK)
    assert TimeSplit(["2013-01-01", "2013-01-08 00:00:00.000001"], WEEK)


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("1970-01-02", DAY),
        ("1970-01-01T00:00:00.000001", 1),
        ("1970-01-02 00:00Z", DAY),
        ("1970-01-02 02:00:00+02:00", DAY),
        ("1969-12-31 23:59:59.999999", -1),
        ("1970-01-02 00:00:00.5", None),
        ("1970-01-02+02:00", None),
        ("9999-12-31", 253_402_214_400_000_000),
        ("0001-01-01 00:00+14:00", -62_135_596_800_000_000 - 14 * 3_600_000_000),
    ],
)
def test_instants_are_utc_microseconds(text, micros):
    assert micros_of_text(text) == micros


@pytest.mark.parametrize("split", ["train=0.8,test=0.2", {"train": 1}, HashSplit])
def test_another_thing_is_no_split(split):
    with pytest.raises(TrainingSetError, match="expected HashSplit"):
        require_split(split)


@pytest.mark.parametrize(
    "options",
    [
        ("--split-at", "banana"), ("--split-at", "2013-01-01,2013-01-01"), ("--split-at", ","),
        ("--split-at", "2013-01-01,2013-01-03", "--embargo", "7d"), ("--split", "train=1", "--split-by", "tailnum"),
        ("--split", "train=nan,test=1", "--split-by", "tailnum"), ("--split", "a=1,b=1", "--split-by", ","),
    ],
)  # fmt: skip
def test_the_command_line_refuses_a_wrong_split_with_exit_2_before_it_reads_the_project(tmp_path, options):
    (tmp_path / "dbt_project.yml").touch()
    given = ("--spine", "labels", "--event-timestamp", "t", "--features", "a:b", "--out", "t.parquet")
    result = CliRunner().invoke(main, ["training-set", *given, *options, "--project-dir", str(tmp_path)])
    assert result.exit_code == 2, result.output
    assert "Hint: " in result.stderr
