"""Warehouse types to wire types, and values there and back."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import duckdb
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.errors import UnservableTypeError, ValueTypeError
from serving.format.types import parse_type, require_key_type
from serving.format.values import decoder, encoder

MICROS = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30))
FLOAT32 = st.floats(width=32)
VALUES = {
    "bool": st.booleans(),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "uint64": st.integers(0, 2**64 - 1),
    "hugeint": st.integers(-(2**127), 2**128),
    "float32": FLOAT32,
    "float64": st.floats(),
    "decimal": st.decimals(allow_nan=False),
    "decimal(38,10)": st.decimals(min_value=-(10**27), max_value=10**27, places=10),
    "string": st.text(st.characters(exclude_categories=["Cs"])),
    "bytes": st.binary(),
    "date": st.dates(),
    "time": st.times(),
    "timestamp": MICROS,
    "timestamptz": st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)),
    "uuid": st.uuids(),
    "json": st.just('{"a": [1, null]}'),
    "list<float32>": st.lists(st.none() | FLOAT32),
    "list<float64>": st.lists(st.none() | st.floats()),
    "list<string>": st.lists(st.none() | st.text("ab|{}%")),
    "list<decimal(10,2)>": st.lists(st.none() | st.decimals(min_value=-999, max_value=999, places=2)),
    "list<list<float64>>": st.lists(st.none() | st.lists(st.floats())),
}


def round_trip(type_text, value):
    """The value after encoding, MessagePack, and decoding."""
    wire_type = parse_type(type_text)
    wire = msgspec.msgpack.decode(msgspec.msgpack.encode(encoder(wire_type)(value)))
    decode = decoder(wire_type)
    return wire if decode is None else decode(wire)


def same(left, right):
    """Equal in value and type, with NaN equal to itself and the sign of zero told apart."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, float):
        return math.copysign(1, left) == math.copysign(1, right) and (
            left == right or (math.isnan(left) and math.isnan(right))
        )
    return type(left) is type(right) and str(left) == str(right)


@pytest.mark.parametrize("type_text", VALUES)
@given(data=st.data())
def test_every_value_comes_back_as_declared(type_text, data):
    value = data.draw(VALUES[type_text])
    if type_text == "decimal":
        value = Decimal(format(value, "f")) if value.is_finite() else value
    back = round_trip(type_text, value)
    assert same(back, value), (back, value)


@pytest.mark.parametrize(
    ("spelled", "canonical"),
    [
        ("varchar", "string"),
        ("VARCHAR(12)", "string"),
        ("character varying(3)", "string"),
        ("text", "string"),
        ("enum('a', 'b')", "string"),
        ("double", "float64"),
        ("double precision", "float64"),
        ("DOUBLE  PRECISION", "float64"),
        ("float8", "float64"),
        ("float(53)", "float64"),
        ("real", "float32"),
        ("bigint", "int64"),
        ("int8", "int64"),
        ("integer", "int64"),
        ("hugeint", "hugeint"),
        ("ubigint", "uint64"),
        ("decimal(10, 2)", "decimal(10,2)"),
        ("numeric(10,2)", "decimal(10,2)"),
        ("decimal(5)", "decimal(5,0)"),
        ("numeric", "decimal"),
        ("NUMBER", "decimal(38,0)"),
        ("number(10,2)", "decimal(10,2)"),
        ("boolean", "bool"),
        ("date", "date"),
        ("time", "time"),
        ("time without time zone", "time"),
        ("timestamp", "timestamp"),
        ("timestamp(3)", "timestamp"),
        ("timestamp_ns", "timestamp"),
        ("timestamp without time zone", "timestamp"),
        ("timestamptz", "timestamptz"),
        ("timestamp with time zone", "timestamptz"),
        ("timestamp(6) with time zone", "timestamptz"),
        ("uuid", "uuid"),
        ("blob", "bytes"),
        ("bytea", "bytes"),
        ("json", "json"),
        ("double[]", "list<float64>"),
        ("float[]", "list<float32>"),
        ("varchar(3)[]", "list<string>"),
        ("bigint[3]", "list<int64>"),
        ("array<decimal(10, 2)>", "list<decimal(10,2)>"),
        ("ARRAY<STRING>", "list<string>"),
        ("double precision[]", "list<float64>"),
        ("double[][]", "list<list<float64>>"),
    ],
)
def test_every_engine_spelling_has_one_canonical_name(spelled, canonical):
    """The canonical name reads back as itself."""
    assert parse_type(spelled).name == canonical
    assert parse_type(canonical) == parse_type(spelled)


@pytest.mark.parametrize(
    "type_text",
    ["interval", "struct(a integer)", "map(varchar, integer)", "geometry", "time with time zone", "timetz", "bit", ""],
)
def test_an_unservable_type_is_named(type_text):
    with pytest.raises(UnservableTypeError) as caught:
        parse_type(type_text)
    assert f"got {type_text!r}" in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("type_text", ["double", "float", "blob", "varchar[]", "json", "numeric", "bytea"])
def test_types_without_one_text_a_value_are_no_keys(type_text):
    with pytest.raises(UnservableTypeError, match="join key"):
        require_key_type(type_text)


@pytest.mark.parametrize(
    ("type_text", "value"),
    [
        ("bigint", "12"),
        ("bigint", 1.0),
        ("bigint", True),
        ("bigint", 2**63),
        ("ubigint", -1),
        ("double", "1"),
        ("double", True),
        ("boolean", 1),
        ("varchar", 1),
        ("varchar", "\ud800"),
        ("decimal(10, 2)", Decimal("1.005")),
        ("date", datetime(2013, 1, 1)),
        ("date", "2013-13-01"),
        ("time", time(1, tzinfo=UTC)),
        ("uuid", "no"),
        ("blob", "text"),
        ("double[]", "abc"),
        ("double[]", ["abc"]),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(type_text, value):
    wire_type = parse_type(type_text)
    with pytest.raises(ValueTypeError, match="expected a value of type"):
        encoder(wire_type)(value)


def test_timestamps_are_utc_microseconds_whatever_the_zone():
    """Naive means UTC, a zone is converted, and nothing is rounded up."""
    encode = encoder(parse_type("timestamp"))
    assert encode(datetime(1970, 1, 1, 0, 0, 1, 5)) == 1_000_005
    assert encode(datetime(1970, 1, 1, tzinfo=timezone(timedelta(hours=2)))) == -7_200_000_000
    assert round_trip("timestamptz", datetime(2013, 1, 1)) == datetime(2013, 1, 1, tzinfo=UTC)
    assert round_trip("timestamp", datetime(2013, 1, 1)).tzinfo is None


def test_float_lists_are_packed_unless_that_loses_something():
    """A null, or a double in a float list, makes it a plain array; both come back as they were."""
    floats = encoder(parse_type("float[]"))
    assert floats([1.5, -2.0]) == b"\x00\x00\xc0\x3f\x00\x00\x00\xc0"
    assert encoder(parse_type("double[]"))([1.5]) == b"\x00\x00\x00\x00\x00\x00\xf8\x3f"
    assert floats([1.5, None]) == [1.5, None]
    assert floats([0.1]) == [0.1]
    assert floats([1e300]) == [1e300]
    assert math.isnan(round_trip("float[]", [math.nan])[0])
    assert isinstance(floats([math.nan, math.inf]), bytes)


def test_text_of_types_that_json_lacks_is_taken():
    """Defaults in YAML and keys over HTTP come as text."""
    assert round_trip("date", "2013-01-02") == date(2013, 1, 2)
    assert round_trip("timestamp", "2013-01-02T03:04:05Z") == datetime(2013, 1, 2, 3, 4, 5)
    assert round_trip("decimal(10,2)", "1.5") == Decimal("1.50")
    assert round_trip("uuid", "6F9619FF-8B86-D011-B42D-00C04FC964FF") == UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff")


def test_duckdb_types_are_known_by_the_names_duckdb_gives_them():
    """What DuckDB calls its own types parses, and its values go through."""
    columns = """
        1::hugeint, 2::ubigint, 1.5::float, 2.5::double, 1.25::decimal(10, 2), 'x', 'x'::blob, date '2013-01-01',
        time '01:02:03', timestamp '2013-01-01', timestamptz '2013-01-01 00:00:00+00', timestamp_ns '2013-01-01',
        uuid(), '{}'::json, [1.0::double], [1.0::float, null], ['a'], array_value(1, 2), true, 1::tinyint, 7::bignum
    """
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        result = connection.sql(f"select {columns}")
        types, row = [str(each) for each in result.types], result.fetchone()
    for type_text, value in zip(types, row, strict=True):
        expected = list(value) if isinstance(value, tuple) else value
        expected = int(value) if type_text == "BIGNUM" else expected
        assert round_trip(type_text, expected) == expected, type_text
