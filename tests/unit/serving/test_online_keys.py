"""Keys: the exact text, one text a key, one key a text."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from serving.errors import ConfigError, KeyTypeError, UnservableTypeError
from serving.format.keys import KeySpace, key_encoder

TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.text("%{}|\x00\x7f\x85 :a0")


@pytest.mark.parametrize(
    ("types", "values", "text"),
    [
        (["varchar"], ["N14228"], "N14228"),
        (["varchar"], ["a b:c é"], "a b:c é"),
        (["varchar"], ["100%{x}|y"], "100%25%7Bx%7D%7Cy"),
        (["varchar"], ["\n\x7f\x85"], "%0A%7F%C2%85"),
        (["varchar"], [""], "%"),
        (["varchar"], ["%"], "%25"),
        (["varchar", "varchar"], ["", ""], "%|%"),
        (["varchar", "varchar"], ["EWR", "IAH"], "EWR|IAH"),
        (["bigint"], [-12], "-12"),
        (["hugeint"], [2**100], str(2**100)),
        (["boolean", "bigint"], [True, 0], "true|0"),
        (["decimal(10, 2)"], [Decimal("1.5")], "1.50"),
        (["decimal(10, 2)"], [Decimal("-0")], "0.00"),
        (["decimal(10, 2)"], ["12"], "12.00"),
        (["date"], [date(2013, 1, 2)], "2013-01-02"),
        (["time"], [time(1, 2)], "01:02:00.000000"),
        (["timestamp"], [datetime(2013, 1, 2, 3, 4, 5, 6)], "2013-01-02T03:04:05.000006Z"),
        (["timestamptz"], ["2013-01-02T03:04:05+01:00"], "2013-01-02T02:04:05.000000Z"),
        (["timestamp"], [datetime(2013, 1, 2, tzinfo=UTC)], "2013-01-02T00:00:00.000000Z"),
        (["uuid"], [UUID("6F9619FF-8B86-D011-B42D-00C04FC964FF")], "6f9619ff-8b86-d011-b42d-00c04fc964ff"),
    ],
)
def test_the_key_text_of_every_type(types, values, text):
    encode = key_encoder([(f"k{index}", type_text) for index, type_text in enumerate(types)])
    assert encode(values) == text


@given(st.lists(TEXT, min_size=1, max_size=3), st.lists(TEXT, min_size=1, max_size=3))
def test_different_keys_have_different_texts(left, right):
    """(1, 11) is not (11, 1), and nothing in a value can look like a separator."""
    assume(left != right)
    texts = [key_encoder([("k", "varchar")] * len(key))(key) for key in (left, right)]
    if len(left) == len(right):
        assert texts[0] != texts[1]
    for text, key in zip(texts, (left, right), strict=True):
        assert text.count("|") == len(key) - 1
        assert text
        assert not set("{}\n\x00\x7f\x85") & set(text)


@pytest.mark.parametrize("values", [[None, "a"], ["a", None], [None, None]])
def test_a_null_in_a_key_is_no_key(values):
    assert key_encoder([("a", "varchar"), ("b", "varchar")])(values) is None


@pytest.mark.parametrize(
    ("type_text", "value"),
    [
        ("bigint", "12"),
        ("bigint", 12.0),
        ("bigint", True),
        ("varchar", 12),
        ("varchar", "\ud800"),
        ("boolean", 1),
        ("decimal(10, 2)", Decimal("1.005")),
        ("decimal(10, 2)", Decimal("NaN")),
        ("date", "soon"),
        ("timestamp", 12),
        ("uuid", "12"),
    ],
)
def test_a_key_of_another_type_is_refused_by_column(type_text, value):
    with pytest.raises(KeyTypeError) as caught:
        key_encoder([("tailnum", type_text)])([value])
    assert caught.value.message.startswith("join key 'tailnum': expected ")
    assert caught.value.message.endswith(f"got {value!r}")


def test_a_float_is_no_join_key():
    with pytest.raises(UnservableTypeError, match="'double'"):
        key_encoder([("k", "double")])


def test_the_keys_of_a_namespace():
    keys = KeySpace("flights:prod")
    assert keys.row("plane_delays", 0, "N1") == "flights:prod:plane_delays@0:{N1}"
    assert keys.schema("plane_delays", 10) == "flights:prod:schema:plane_delays:0000000a"
    assert keys.catalog == "flights:prod:catalog"
    assert keys.state("plane_delays", 2) == "flights:prod:state:plane_delays@2"
    assert keys.lock("plane_delays", 2) == "flights:prod:lock:plane_delays@2"


@pytest.mark.parametrize("namespace", ["", "a:", ":a", "a::b", "a b", "a{b}", "é", "a\n", None])
def test_a_malformed_namespace_is_refused(namespace):
    with pytest.raises(ConfigError, match="namespace: expected parts of"):
        KeySpace(namespace)
