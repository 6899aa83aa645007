"""Kinds of types, and the options of splits, as people write them."""

from __future__ import annotations

import pytest

from featurectl.errors import TrainingSetError
from featurectl.training.shape import type_kind
from featurectl.training.splits import (
    HashSplit,
    TimeSplit,
    parse_duration,
    parse_weights,
    split_of_record,
    split_record,
)


@pytest.mark.parametrize(
    ("kind", "names"),
    {
        "time": "DATE timestamp TIMESTAMP_NS timestamptz|TIMESTAMP WITH TIME ZONE|timestamp(6)",
        "text": "VARCHAR varchar(10) text bpchar nvarchar",
        "integer": "BIGINT int2 INT8 integer UBIGINT hugeint tinyint",
        "number": "DECIMAL(10,2) numeric float8 DOUBLE real|double precision",
        "boolean": "BOOLEAN bool",
        "other": "UUID BLOB INTEGER[] STRUCT(a) interval ENUM('a')|array<int>",
    }.items(),
)
def test_types_of_every_engine_are_of_a_kind(kind, names):
    for name in [part for spaced in names.split("|")[:1] for part in spaced.split()] + names.split("|")[1:]:
        assert type_kind(name) == kind, name


def test_a_duration_and_weights_are_written_short():
    assert parse_duration("7d") == {"count": 7, "period": "day"}
    assert parse_duration("90m") == {"count": 90, "period": "minute"}
    assert list(parse_weights("train=0.8, test=0.2").items()) == [("train", 0.8), ("test", 0.2)]


@pytest.mark.parametrize("text", ["7", "d", "0d", "-1d", "7x", "7 days", ""])
def test_another_duration_is_refused(text):
    with pytest.raises(TrainingSetError, match="count and a unit"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["train", "train=", "train=x", "train=0", "=1", "a=1,a=2", "", "a=inf", "a=nan"])
def test_other_weights_are_refused(text):
    with pytest.raises(TrainingSetError, match="NAME=WEIGHT"):
        parse_weights(text)


@pytest.mark.parametrize(
    "split",
    [HashSplit({"a": 1.0, "b": 2.0}, ["k"], "salt"), TimeSplit(["2024-01-01"], {"count": 1, "period": "day"}), None],
)
def test_a_split_survives_its_record(split):
    assert split_of_record(split_record(split)) == split
