"""Columns are encoded to the bytes that serving's codec makes, row by row."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from featurectl.online.encoding import Encoder
from featurectl.registry import Column
from featurectl.warehouse.base import LatestColumns
from serving.format.keys import KeySpace, key_encoder
from serving.format.rows import encode_tombstone, event_micros, is_tombstone, row_encoder
from serving.format.schemas import Schema

KEYS = KeySpace("shop:test")
INT64 = st.integers(-(2**63), 2**63 - 1)
TYPES = {
    "flag": ("boolean", st.booleans()),
    "count": ("bigint", INT64),
    "unsigned": ("ubigint", st.integers(0, 2**64 - 1)),
    "ratio": ("double", st.floats()),
    "text": ("varchar", st.text(st.characters(exclude_categories=["Cs"]))),
}
ROWS = st.lists(
    st.tuples(
        st.text(st.characters(exclude_categories=["Cs"])),
        INT64,
        INT64,
        st.booleans(),
        st.tuples(*(st.none() | values for _, values in TYPES.values())),
    ),
    min_size=1,
    max_size=20,
)


@given(rows=ROWS, as_declared=st.booleans())
def test_a_batch_of_columns_has_the_bytes_of_its_rows(make_view, rows, as_declared):
    """Keys, header, values and tombstones; whether values are taken as they are or looked at one by one."""
    schema = Schema.of((name, data_type) for name, (data_type, _) in TYPES.items())
    view = make_view(
        join_keys=(Column("name", "varchar"),),
        features=tuple(Column(name, data_type) for name, (data_type, _) in TYPES.items()),
    )
    keys, events, created, gone, values = (list(column) for column in zip(*rows, strict=True))
    columns = [list(column) for column in zip(*values, strict=True)]
    batch = LatestColumns([keys], events, created, gone, columns, [as_declared] * len(TYPES))

    made = Encoder(view, KEYS, 0).rows(batch)

    encode, encode_key = row_encoder(schema), key_encoder([("name", "varchar")])
    assert made.rows == [
        encode_tombstone(schema, e, c) if is_gone else encode(e, c, row)
        for e, c, is_gone, row in zip(events, created, gone, values, strict=True)
    ]
    assert made.keys == [KEYS.row("orders", 0, encode_key([key])) for key in keys]
    assert [list(row.values) for row in batch] == [list(row) for row in values]
    assert [(event_micros(row), is_tombstone(row)) for row in made.rows] == list(zip(events, gone, strict=True))


def test_values_that_are_not_as_the_store_has_them_are_encoded(make_view):
    """A driver's own types, whose wire form is another; one that does not fit is left out, and the rest of its batch is not."""
    columns = {
        "price": ("decimal(10, 2)", [Decimal("1.5"), None, Decimal("0.10")]),
        "seen_at": ("timestamp", [datetime(2024, 1, 1), datetime(1969, 12, 31), None]),
        "token": ("uuid", [None, UUID(int=1), UUID(int=2)]),
        "count": ("ubigint", [1, -1, 2**64 - 1]),
    }
    view = make_view(
        join_keys=(Column("name", "varchar"),),
        features=tuple(Column(name, data_type) for name, (data_type, _) in columns.items()),
    )
    values = [given for _, given in columns.values()]
    encoder = Encoder(view, KEYS, 0)
    made = encoder.rows(LatestColumns([["a", "b", "c"]], [1, 2, 3], [1, 2, 3], None, values, [False] * 4))

    encode = row_encoder(Schema.of((name, data_type) for name, (data_type, _) in columns.items()))
    rows = list(zip(*values, strict=True))
    assert made.keys == [KEYS.row("orders", 0, key) for key in "ac"]
    assert made.rows == [encode(1, 1, rows[0]), encode(3, 3, rows[2])]
    assert (encoder.rejected, len(encoder.problems)) == (1, 1)
