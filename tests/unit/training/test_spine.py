"""Claims about spines and files that cannot be used: each is named with what to do instead."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from featurectl.errors import TrainingSetError
from featurectl.training.provenance import read_record
from featurectl.training.recheck import recheck
from featurectl.training.spine import read_spine
from featurectl.training.writing import write

TWICE = pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([3])], names=["a", "b", "a"])
BY_CASE = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "A"])


def refused(call, *arguments):
    """The message and the hint."""
    with pytest.raises(TrainingSetError) as caught:
        call(*arguments)
    return str(caught.value), caught.value.hint or ""


@pytest.mark.parametrize(
    ("spine", "got", "hint"),
    [
        (pl.DataFrame({"a": [1]}).lazy(), "got LazyFrame", "call .collect()"),
        ({"a": [1]}, "got dict", "pandas.DataFrame(rows)"),
        (None, "got NoneType", "pandas.DataFrame(rows)"),
        (" ; ", "got ''", "write its select"),
        (
            pd.DataFrame({"a": [1, "x"]}),
            "expected a table whose columns are of one type each, got: ",
            "Cast the column",
        ),
    ],
)
def test_what_is_no_spine_comes_with_a_hint(manifest, spine, got, hint):
    message, said = refused(read_spine, spine, manifest, "duckdb")
    assert got in message
    assert hint in said


def test_a_path_of_another_suffix_comes_with_a_hint(manifest, tmp_path):
    message, hint = refused(read_spine, tmp_path / "labels.xlsx", manifest, "duckdb")
    assert message.startswith("spine: expected a .parquet or .csv file, got ")
    assert "give the data frame" in hint


@pytest.mark.parametrize("frame", [TWICE, pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"])])
@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
def test_two_columns_of_one_name_are_named(manifest, frame, dialect):
    message, hint = refused(read_spine, frame, manifest, dialect)
    assert message.startswith("spine: expected columns of different names")
    assert message.endswith("got 'a', 'a'")
    assert hint == "Rename or drop all but one of them."


def test_names_that_differ_in_case_alone_are_one_in_duckdb_and_two_in_postgresql(manifest):
    message, _ = refused(read_spine, BY_CASE, manifest, "duckdb")
    assert message.endswith("(this warehouse does not tell upper from lower case), got 'a', 'A'")
    assert read_spine(BY_CASE, manifest, "postgres").table.column_names == ["a", "A"]


def test_a_training_set_that_is_not_there_comes_with_a_hint(tmp_path):
    message, hint = refused(recheck, None, tmp_path / "train.parquet")
    assert message.endswith("expected a training set, got no such file")
    assert "--out" in hint


@pytest.mark.parametrize("text", [b"{}", b"[", b'{"project": "\xff"}'])
def test_a_record_that_is_none_comes_with_a_hint(tmp_path, text):
    (tmp_path / "train.parquet.meta.json").write_bytes(text)
    message, hint = refused(read_record, tmp_path / "train.parquet")
    assert "expected the record of a training set, got " in message
    assert "make the training set again" in hint


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("train.xlsx", "expected a file name in .parquet or .csv, got '.xlsx'", "Write train.parquet."),
        ("absent/train.csv", "expected a folder that exists, got ", "mkdir"),
    ],
)
def test_a_file_that_cannot_be_written_comes_with_a_hint(tmp_path, name, message, hint):
    said, how = refused(write, None, tmp_path / name)
    assert message in said
    assert hint in how
