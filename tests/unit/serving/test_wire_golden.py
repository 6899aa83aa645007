"""The bytes of every format, pinned: stores in the field hold them, so a change here needs a new format version."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from serving.format.catalog import (
    Published,
    ServiceEntry,
    ServiceFeature,
    ViewEntry,
    decode_catalog,
    encode_default,
    encode_entry,
)
from serving.format.keys import KeySpace, key_encoder
from serving.format.rows import decode_header, decode_values, encode_tombstone, row_encoder
from serving.format.schemas import Schema
from serving.format.state import State, decode_state, encode_state
from serving.format.types import parse_type
from serving.format.values import decoder, to_micros

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "wire_format.json").read_text())
KEYS = KeySpace("flights:prod")
COLUMNS = [
    ("flag", "boolean"),
    ("count", "bigint"),
    ("big", "ubigint"),
    ("huge", "hugeint"),
    ("small_float", "float"),
    ("ratio", "double"),
    ("price", "decimal(10, 2)"),
    ("label", "varchar"),
    ("raw", "blob"),
    ("day", "date"),
    ("clock", "time"),
    ("local", "timestamp"),
    ("instant", "timestamptz"),
    ("id", "uuid"),
    ("doc", "json"),
    ("vector", "float[]"),
    ("holes", "double[]"),
    ("tags", "varchar[]"),
    ("nothing", "bigint"),
]
VALUES = [
    True,
    2**53 + 1,
    2**64 - 1,
    2**100,
    1.5,
    0.1,
    Decimal("12.30"),
    "Zürich | {1}",
    b"\x00\xff",
    date(2013, 1, 2),
    time(3, 4, 5, 6),
    datetime(2013, 1, 2, 3, 4, 5, 6, tzinfo=UTC).replace(tzinfo=None),
    datetime(2013, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
    UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff"),
    '{"a": 1}',
    [1.0, -0.5],
    [1.0, None],
    ["a", None, ""],
    None,
]
SCHEMA = Schema.of(COLUMNS)
EVENT_US = to_micros(datetime(2013, 6, 1, 12, tzinfo=UTC))
CREATED_US = EVENT_US + 1
PUBLISHED = Published(
    project="flights",
    target="prod",
    generated_at="2026-11-20T05:00:00Z",
    invocation_id="6f9619ff",
    synced_at="2026-11-20T05:01:00Z",
    git_commit="0123abcd",
)
VIEW = ViewEntry(
    name="plane_delays",
    version=0,
    is_latest=True,
    entity="plane",
    join_keys=(("tailnum", "string"),),
    features=tuple((name, wire_type.name) for name, wire_type in SCHEMA.columns),
    schema_id=f"{SCHEMA.id:08x}",
    published=PUBLISHED,
    ttl_seconds=2_592_000,
    defaults={"count": 0, "price": encode_default(parse_type("decimal(10, 2)"), "0")},
    description="How late an aircraft has been running.",
    owner="flight_operations",
)
SERVICE = ServiceEntry(
    name="late_arrival_model",
    features=(ServiceFeature("airport", 2, "delay", "origin_delay", {"airport": "origin"}),),
    published=PUBLISHED,
    training_set="late_arrival_training",
    owner="data@example.com",
)
STATE = State(
    run_id="20261120T050100Z",
    last_success="2026-11-20T05:01:00Z",
    schema_id=f"{SCHEMA.id:08x}",
    format=1,
    watermark_us=CREATED_US,
    counts={"written": 3},
    replication_id="9fffb450",
    code_checksum="ab12",
)
WRITTEN = {
    "key_text": key_encoder([("a", "varchar"), ("b", "bigint"), ("c", "varchar")])(["50%|{é}", -7, ""]),
    "row_key": KEYS.row("plane_delays", 0, "N14228"),
    "schema_key": KEYS.schema("plane_delays", SCHEMA.id),
    "schema": SCHEMA.encoded.decode(),
    "row": row_encoder(SCHEMA)(EVENT_US, CREATED_US, VALUES).hex(),
    "row_without_created": row_encoder(SCHEMA)(-1, None, VALUES).hex(),
    "tombstone": encode_tombstone(SCHEMA, EVENT_US, CREATED_US).hex(),
    "view_entry": encode_entry(VIEW).decode(),
    "service_entry": encode_entry(SERVICE).decode(),
    "state": encode_state(STATE).decode(),
}


def test_the_golden_file_covers_every_format():
    assert set(GOLDEN) == set(WRITTEN)


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_what_is_written_is_byte_for_byte_what_it_was(name):
    assert WRITTEN[name] == GOLDEN[name]


def test_a_golden_row_is_read_as_it_was_meant():
    row = bytes.fromhex(GOLDEN["row"])
    schema = Schema.decode(GOLDEN["schema"].encode(), key="schema")
    assert decode_header(row, "k") == (schema.id, EVENT_US, CREATED_US)
    wire = decode_values(row, "k", len(schema.columns))
    decoders = [decoder(wire_type) or (lambda value: value) for _, wire_type in schema.columns]
    assert [None if value is None else decode(value) for decode, value in zip(decoders, wire, strict=True)] == VALUES


def test_a_golden_tombstone_is_read_as_one():
    tombstone = bytes.fromhex(GOLDEN["tombstone"])
    assert decode_header(tombstone, "k").event_us == EVENT_US
    assert decode_values(tombstone, "k", len(SCHEMA.columns)) == []


def test_golden_catalog_entries_and_state_are_read_as_they_were_meant():
    """Also with fields that this version does not know."""
    catalog = decode_catalog(
        {
            "format": b"1",
            "generation": b"7",
            VIEW.field: GOLDEN["view_entry"].replace("{", '{"from_the_future":[1],', 1).encode(),
            SERVICE.field: GOLDEN["service_entry"].encode(),
            "something:else": b"?",
        },
        where="catalog",
    )
    assert catalog.generation == 7
    assert catalog.views == {("plane_delays", 0): VIEW}
    assert catalog.services == {"late_arrival_model": SERVICE}
    assert decode_state(GOLDEN["state"].encode(), where="state") == STATE
