"""Answers as rows, matrices, Arrow tables and data frames."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from shop import AIRPORT, NAMESPACE, NOON, ORDERS, PUBLISHED, ROUTE, Shop, view

from serving import ConversionError, FeatureStore
from serving.format.catalog import ServiceEntry, ServiceFeature
from serving.format.rows import row_encoder
from serving.format.schemas import Schema

NUMBERS = view("numbers", [("k", "bigint")], [(f"n{index}", "double") for index in range(20)])
COUNTS = view("counts", [("k", "bigint")], [("a", "bigint"), ("b", "double"), ("c", "ubigint")], ttl_seconds=60)
MODEL = ServiceEntry(
    "model",
    (
        ServiceFeature("counts", 0, "c", "c"),
        ServiceFeature("numbers", 0, "n3", "n3"),
        ServiceFeature("counts", 0, "a", "a"),
        ServiceFeature("numbers", 0, "n1", "n1"),
    ),
    PUBLISHED,
)
EVERY_TYPE = {
    "flag": ("boolean", True, pa.bool_()),
    "i": ("bigint", 2**53 + 1, pa.int64()),
    "u": ("ubigint", 2**64 - 1, pa.uint64()),
    "h": ("hugeint", 10**30, pa.decimal128(38, 0)),
    "f": ("float", 1.5, pa.float32()),
    "d": ("double", 0.1, pa.float64()),
    "m": ("decimal(10, 2)", Decimal("12.30"), pa.decimal128(10, 2)),
    "s": ("varchar", "ü", pa.string()),
    "raw": ("blob", b"\x00", pa.binary()),
    "day": ("date", date(2013, 1, 2), pa.date32()),
    "clock": ("time", time(3, 4, 5, 6), pa.time64("us")),
    "naive": ("timestamp", datetime(2013, 1, 2, 3), pa.timestamp("us")),
    "aware": ("timestamptz", datetime(2013, 1, 2, 3, tzinfo=UTC), pa.timestamp("us", "UTC")),
    "id": ("uuid", UUID(int=5), pa.string()),
    "doc": ("json", "{}", pa.string()),
    "floats": ("double[]", [1.0, None], pa.list_(pa.float64())),
    "texts": ("varchar[]", ["a", None], pa.list_(pa.string())),
}
ALL = view("everything", [("k", "bigint")], [(name, kind) for name, (kind, _, _) in EVERY_TYPE.items()])


@pytest.fixture
def client(sqlite_url):
    """A client of a store with numbers, counts and every type."""
    shop = Shop(sqlite_url)
    shop.writer.publish_catalog([NUMBERS, COUNTS, ALL, MODEL])
    for key in range(30):
        shop.put(NUMBERS, [key], [key + column / 100 for column in range(20)])
        shop.put(COUNTS, [key], [key - 15, key / 7, 2**64 - 1 - key])
    shop.put(ALL, [1], [value for _, value, _ in EVERY_TYPE.values()])
    shop.put(ALL, [2], [None] * len(EVERY_TYPE))
    with FeatureStore.from_url(sqlite_url, namespace=NAMESPACE, as_of=NOON) as store:
        store.shop = shop
        yield store
    shop.writer.close()


def columns_as_matrix(answer):
    """What the matrix should hold, by way of Python's floats."""
    columns = [answer.to_dict()[name] for name in answer.feature_names]
    return np.array(
        [[np.nan if value is None else float(value) for value in row] for row in zip(*columns, strict=True)]
    )


@pytest.mark.parametrize("features", [["numbers:*"], ["counts:*"], ["numbers:n7", "numbers:n2"], "model", ["counts:b"]])
@pytest.mark.parametrize("keys", [[3], range(30), [1, 1, 2]])
def test_a_matrix_holds_the_features_in_request_order(client, features, keys):
    """Whole views of doubles and of numbers of any width, parts of them, several views: the same as the columns."""
    answer = client.get_online_features(features, {"k": keys})
    matrix = answer.to_numpy()
    assert matrix.dtype == np.float64
    assert matrix.flags["C_CONTIGUOUS"]
    np.testing.assert_array_equal(matrix, columns_as_matrix(answer))
    np.testing.assert_array_equal(answer.to_numpy(dtype="float32"), columns_as_matrix(answer).astype("float32"))


def test_a_services_matrix_has_the_services_order(client):
    answer = client.get_online_features("model", {"k": [20]})
    assert answer.feature_names == ("c", "n3", "a", "n1")
    np.testing.assert_array_equal(answer.to_numpy(), [[float(2**64 - 21), 20.03, 5.0, 20.01]])


@pytest.mark.parametrize("features", [["numbers:*"], ["counts:*"], "model"])
def test_what_is_null_missing_or_damaged_is_nan(client, features):
    """Also where the bytes of one row would run into the next one's."""
    shop = client.shop
    shop.put(COUNTS, [1], [None, 1.0, 1])
    good = {entry.name: row_encoder(Schema.of(entry.features)) for entry in (NUMBERS, COUNTS)}
    numbers = good["numbers"](1_780_315_200_000_000, None, [1.0] * 20)
    counts = good["counts"](1_780_315_200_000_000, None, [1, 2.0, 3])
    damaged = [
        [bytes_[:-cut] for bytes_ in (numbers, counts)] for cut in range(1, 12)
    ] + [
        [bytes_ + b"\x01" * more for bytes_ in (numbers, counts)] for more in range(1, 12)
    ] + [
        [numbers[:21] + b"\xdc\x00\x13" + numbers[24:], counts[:21] + b"\x92" + counts[22:]],
        [numbers[:24] + b"\xca" + numbers[25:], counts[:22] + b"\xa1" + counts[23:]],
        [numbers[:24] + b"\xcf" + numbers[25:], counts[:22] + b"\xc3" + counts[23:]],
        [numbers[:21] + b"\x90", counts[:21] + b"\x90"],
    ]  # fmt: skip
    for row, (of_numbers, of_counts) in enumerate(damaged):
        shop.put_bytes(NUMBERS, [2], of_numbers)
        shop.put_bytes(COUNTS, [2], of_counts)
        for keys in ([0, 2, 3], [0, 2, 3, 1, 99]):  # with a missing row, no bytes go straight to the matrix
            answer = client.get_online_features(features, {"k": keys})
            matrix = answer.to_numpy()
            np.testing.assert_array_equal(matrix, columns_as_matrix(answer), err_msg=str(row))
        undamaged = client.get_online_features(features, {"k": [0, 3]}).to_numpy()
        np.testing.assert_array_equal(matrix[[0, 2]], undamaged)


def test_decimals_and_booleans_are_numbers_too(client):
    matrix = client.get_online_features(["everything:flag", "everything:m", "everything:h"], {"k": [1, 2]}).to_numpy()
    np.testing.assert_array_equal(matrix, [[1.0, 12.3, 1e30], [np.nan] * 3])


def test_text_is_no_number(client):
    answer = client.get_online_features(["everything:i", "everything:s"], {"k": [1]})
    with pytest.raises(
        ConversionError, match=r"s: expected a numeric feature, got string\nHint: Leave it out, write dtype"
    ):
        answer.to_numpy()
    assert answer.to_numpy(dtype=object).tolist() == [[2**53 + 1, "ü"]]


def test_a_dtype_must_hold_nan(client):
    with pytest.raises(ConversionError, match=r"expected a float type, for nulls are NaN, or object, got int64"):
        client.get_online_features(["everything:i"], {"k": [1]}).to_numpy(dtype="int64")


def test_an_object_matrix_keeps_every_value(client):
    values = client.get_online_features(["everything:*"], {"k": [1, 2]}).to_numpy(dtype=object)
    assert list(values[0]) == [value for _, value, _ in EVERY_TYPE.values()]
    assert list(values[1]) == [None] * len(EVERY_TYPE)


def test_arrow_has_the_declared_types(client):
    table = client.get_online_features(["everything:*"], {"k": [1, 2, 3]}).to_arrow()
    assert table.schema == pa.schema({"k": pa.int64(), **{name: kind for name, (_, _, kind) in EVERY_TYPE.items()}})
    first = table.to_pylist()[0]
    assert first.pop("id") == str(UUID(int=5))
    assert first == {"k": 1, **{name: value for name, (_, value, _) in EVERY_TYPE.items() if name != "id"}}
    assert set(table.to_pylist()[1].values()) == {2, None}


def test_data_frames_hold_the_same(client):
    answer = client.get_online_features(["counts:a", "counts:b"], {"k": [1, 2]})
    expected = {"k": [1, 2], "a": [-14, -13], "b": [1 / 7, 2 / 7]}
    pd.testing.assert_frame_equal(answer.to_pandas(), pd.DataFrame(expected))
    assert answer.to_polars().equals(pl.DataFrame(expected))


def test_a_value_that_arrow_cannot_hold_is_named(client):
    shop = client.shop
    shop.put(ALL, [1], [None if name != "h" else 10**38 for name in EVERY_TYPE])
    with pytest.raises(ConversionError, match=r"^h: expected values of Arrow's decimal128\(38, 0\)"):
        client.get_online_features(["everything:h"], {"k": [1]}).to_arrow()


def test_rows_are_dicts_in_the_order_asked(client):
    rows = client.get_online_features(["counts:b", "counts:a"], [{"k": 7}, {"k": 99}]).to_rows()
    assert rows == [{"k": 7, "b": 1.0, "a": -8}, {"k": 99, "b": None, "a": None}]


def test_a_package_that_is_not_there_is_named(sqlite_url):
    """In a process that cannot import numpy."""
    shop = Shop(sqlite_url)
    shop.put(AIRPORT, ["EWR"], [1.0])
    shop.put(ROUTE, ["A", "B"], [1])
    shop.put(ORDERS, [1], None)
    shop.writer.close()
    program = f"""
import sys
sys.modules["numpy"] = sys.modules["pyarrow"] = None
from serving import FeatureStore, MissingPackageError
store = FeatureStore.from_url({sqlite_url!r}, namespace={NAMESPACE!r})
answer = store.get_online_features(["airport:delay"], [{{"airport": "EWR"}}])
for convert in (answer.to_numpy, answer.to_arrow, answer.to_pandas):
    try:
        convert()
    except MissingPackageError as error:
        print(error.package, error.hint)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[:2] == ["numpy pip install numpy", "pyarrow pip install pyarrow"]
