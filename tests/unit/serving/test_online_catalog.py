"""The catalog: what cannot be read says so."""

from __future__ import annotations

import math

import pytest

from serving.errors import CatalogError, FormatError, ValueTypeError
from serving.format.catalog import decode_catalog, encode_default
from serving.format.state import decode_state
from serving.format.types import parse_type


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "ns:catalog: expected a catalog, found none"),
        ({"format": b"2", "generation": b"1"}, "ns:catalog: expected catalog format 1 or older, got 2"),
        ({"generation": b"1"}, "ns:catalog: format: expected a number, got b''"),
        ({"format": b"1", "generation": b"x"}, "ns:catalog: generation: expected a number, got b'x'"),
        ({"format": b"1", "generation": b"1", "view:a@0": b"{}"}, "ns:catalog: view:a@0: "),
    ],
)
def test_a_catalog_that_cannot_be_read_says_where_and_what_next(fields, problem):
    with pytest.raises(CatalogError) as caught:
        decode_catalog(fields, where="ns:catalog")
    assert caught.value.message.startswith(problem)
    assert caught.value.hint


def test_a_damaged_state_is_named():
    with pytest.raises(FormatError, match="ns:state: expected the state of a view"):
        decode_state(b"{}", where="ns:state")


@pytest.mark.parametrize(
    ("type_text", "value", "stored"),
    [
        ("double", 0, 0.0),
        ("decimal(10, 2)", "1.5", "1.50"),
        ("decimal(10, 2)", 0.1, "0.10"),
        ("date", "2013-01-02", "2013-01-02"),
        ("timestamp", "1970-01-01T00:00:01", 1_000_000),
        ("double[]", [0, None], [0.0, None]),
        ("varchar", None, None),
    ],
)
def test_a_default_is_stored_as_json_carries_it(type_text, value, stored):
    encoded = encode_default(parse_type(type_text), value)
    assert encoded == stored
    assert type(encoded) is type(stored)


@pytest.mark.parametrize(
    ("type_text", "value"), [("double", math.nan), ("double", math.inf), ("blob", b"a"), ("bigint", "0")]
)
def test_a_default_that_json_cannot_carry_or_of_another_type_is_refused(type_text, value):
    with pytest.raises(ValueTypeError):
        encode_default(parse_type(type_text), value)
