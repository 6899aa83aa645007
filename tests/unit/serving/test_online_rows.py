"""Rows and schemas: what is written is read back, and damage is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.errors import CorruptRowError
from serving.format.rows import HEADER, decode_header, decode_values, encode_tombstone, row_encoder
from serving.format.schemas import Schema

SCHEMA = Schema.of([("n", "bigint"), ("s", "varchar")])
INSTANTS = st.integers(-(2**63), 2**63 - 1)


@given(INSTANTS, INSTANTS | st.none(), st.integers(-(2**63), 2**63 - 1) | st.none(), st.text("a|é") | st.none())
def test_a_row_comes_back_as_written(event_us, created_us, number, text):
    row = row_encoder(SCHEMA)(event_us, created_us, [number, text])
    header = decode_header(row, "k")
    assert header == (SCHEMA.id, event_us, event_us if created_us is None else created_us)
    assert decode_values(row, "k", 2) == [number, text]


@given(st.tuples(INSTANTS, INSTANTS), st.tuples(INSTANTS, INSTANTS))
def test_headers_sort_as_their_times(left, right):
    """The bytes after the schema id order by (e, c), negative times included."""
    packed = [row_encoder(SCHEMA)(*times, [1, "a"])[5 : HEADER.size] for times in (left, right)]
    assert (packed[0] < packed[1]) == (left < right)


def test_a_tombstone_is_a_header_without_values():
    row = encode_tombstone(SCHEMA, 5, None)
    assert len(row) == HEADER.size + 1
    assert decode_header(row, "k").event_us == 5
    assert decode_values(row, "k", 2) == []


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda _: b"", "expected a row of at least 21 bytes"),
        (lambda row: row[:20], "expected a row of at least 21 bytes"),
        (lambda row: b"\x02" + row[1:], "expected row format 1, got 2"),
        (lambda row: row[:21], "expected a MessagePack array"),
        (lambda row: row + b"\x00", "expected a MessagePack array"),
        (lambda row: row[:21] + b"\xc0", "expected a MessagePack array"),
        (lambda row: row[:21] + b"\x91\x01", "expected 2 values, got 1"),
    ],
)
def test_damaged_bytes_are_no_row(damage, problem):
    """The message names the key, says what was expected, and how to mend it."""
    row = damage(row_encoder(SCHEMA)(1, None, [1, "a"]))
    with pytest.raises(CorruptRowError) as caught:
        read(row, "ns:v@0:{k}")
    assert caught.value.message.startswith(f"ns:v@0:{{k}}: {problem}")
    assert caught.value.hint


def read(row, key):
    """Header and values of a row of SCHEMA."""
    return decode_header(row, key), decode_values(row, key, len(SCHEMA.columns))


def test_a_schema_is_known_by_its_content():
    """Spellings do not matter, order and names do."""
    assert Schema.of([("n", "int8"), ("s", "text")]) == SCHEMA
    assert Schema.of([("s", "varchar"), ("n", "bigint")]).id != SCHEMA.id
    assert Schema.decode(SCHEMA.encoded, key="k") == SCHEMA


def test_a_damaged_schema_is_named():
    with pytest.raises(CorruptRowError, match="ns:schema: expected a row schema"):
        Schema.decode(b"{", key="ns:schema")
