"""A small shop to look things up in: two entities, two views, published row by row to any online store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from featurectl.online.writers import open_writer
from featurectl.online.writers.base import PutRow
from serving.format.catalog import Published, ServiceEntry, ServiceFeature, ViewEntry
from serving.format.keys import KeySpace, key_encoder
from serving.format.rows import encode_tombstone, row_encoder
from serving.format.schemas import Schema
from serving.format.values import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMESPACE = "shop:test"
KEYS = KeySpace(NAMESPACE)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
NOON_US = to_micros(NOON)
HOUR_US = 3_600_000_000
PUBLISHED = Published("shop", "test", "2026-06-01T00:00:00Z", "i", "2026-06-01T00:01:00Z")


def view(
    name: str, join_keys: Sequence[tuple[str, str]], features: Sequence[tuple[str, str]], **more: Any
) -> ViewEntry:
    """An entry with what the tests leave out filled in."""
    schema = Schema.of(features)
    columns = tuple((column, wire_type.name) for column, wire_type in schema.columns)
    defaults = {
        "version": 0,
        "is_latest": True,
        "entity": name,
        "published": PUBLISHED,
        "schema_id": f"{schema.id:08x}",
    }
    return ViewEntry(name=name, join_keys=tuple(join_keys), features=columns, **{**defaults, **more})


ORDERS = view(
    "orders",
    [("customer_id", "bigint")],
    [("orders_7d", "bigint"), ("spend_7d", "decimal(10, 2)"), ("last_city", "varchar")],
    ttl_seconds=3600,
    defaults={"orders_7d": 0, "spend_7d": "0.00"},
)
AIRPORT = view("airport", [("airport", "varchar")], [("delay", "double")])
ROUTE = view("route", [("origin", "varchar"), ("dest", "varchar")], [("flights", "bigint")])
SERVICE = ServiceEntry(
    "late_model",
    (
        ServiceFeature("airport", 0, "delay", "origin_delay", {"airport": "origin"}),
        ServiceFeature("airport", 0, "delay", "dest_delay", {"airport": "dest"}),
        ServiceFeature("route", 0, "flights", "flights"),
    ),
    PUBLISHED,
)


class Shop:
    """The writing side of a test: each call is one small sync.

    Args:
        url: Of the online store.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.writer = open_writer(url, NAMESPACE)
        self.writer.publish_catalog([ORDERS, AIRPORT, ROUTE, SERVICE])

    def put(
        self,
        entry: ViewEntry,
        key: Sequence[Any],
        values: Sequence[Any] | None,
        *,
        event_us: int = NOON_US,
        ttl_ms: int | None = None,
    ) -> None:
        """Write one row, with its schema; no values make a tombstone."""
        schema = Schema.of(entry.features)
        row = (
            encode_tombstone(schema, event_us, None) if values is None else row_encoder(schema)(event_us, None, values)
        )
        self.put_bytes(entry, key, row, schema=schema, ttl_ms=ttl_ms)

    def put_bytes(
        self,
        entry: ViewEntry,
        key: Sequence[Any],
        row: bytes,
        *,
        schema: Schema | None = None,
        ttl_ms: int | None = None,
    ) -> None:
        """Write one row's bytes whatever is stored."""
        text = key_encoder(entry.join_keys)(key)
        assert text is not None
        if schema is not None:
            self.writer.put_schema(entry.name, schema)
        lock = self.writer.acquire_lock(entry.name, entry.version, ttl_ms=60_000)
        self.writer.put_rows(lock, [PutRow(KEYS.row(entry.name, entry.version, text), row, ttl_ms)], replace_newer=True)
        self.writer.release_lock(lock)
