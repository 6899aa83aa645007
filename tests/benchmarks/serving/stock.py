"""The benchmark's store: 100,000 users with a mixed, a numeric and a narrow view, in Redis and in the embedded store."""

from __future__ import annotations

import random
import sqlite3
from typing import TYPE_CHECKING, Any

from serving.format.catalog import Published, ServiceEntry, ServiceFeature, ViewEntry, encode_entry
from serving.format.keys import KeySpace
from serving.format.rows import row_encoder
from serving.format.schemas import Schema
from serving.stores.sqlite import LAYOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMESPACE = "bench:prod"
KEYS = KeySpace(NAMESPACE)
USERS = 100_000
BATCH = 1000
EVENT_US = 1_767_225_600_000_000  # 2026-01-01
PUBLISHED = Published("bench", "prod", "2026-01-01T00:00:00Z", "i", "2026-01-01T00:00:00Z")

MIXED = [("m0", "double"), ("m1", "double"), ("m2", "double"), ("m3", "double"), ("m4", "bigint"), ("m5", "bigint")]
MIXED += [("m6", "bigint"), ("m7", "varchar"), ("m8", "varchar"), ("m9", "boolean")]
NUMERIC = [*((f"n{index}", "double") for index in range(6)), *((f"n{index}", "bigint") for index in range(6, 10))]
DOUBLES = [(f"d{index}", "double") for index in range(10)]
NARROW = [(f"x{index}", "double") for index in range(5)]
VIEWS = {"mixed": MIXED, "numeric": NUMERIC, "doubles": DOUBLES, "narrow": NARROW}


def value(rng: random.Random, type_text: str) -> Any:
    """A random value of a type."""
    if type_text == "double":
        return rng.random()
    if type_text == "bigint":
        return rng.randrange(10**6)
    return rng.random() < 0.5 if type_text == "boolean" else f"{rng.randrange(16**12):012x}"


def rows() -> Iterator[dict[str, bytes]]:
    """Row key to row, in batches."""
    rng = random.Random(42)
    for name, columns in VIEWS.items():
        encode = row_encoder(Schema.of(columns))
        for start in range(0, USERS, BATCH):
            yield {
                KEYS.row(name, 0, str(user)): encode(EVENT_US, None, [value(rng, kind) for _, kind in columns])
                for user in range(start, start + BATCH)
            }


def catalog() -> dict[str, bytes]:
    """The fields of the catalog: four views with a TTL of a century, and a service of the mixed and the narrow one."""
    entries: list[ViewEntry | ServiceEntry] = []
    for name, columns in VIEWS.items():
        schema = Schema.of(columns)
        features = tuple((column, wire_type.name) for column, wire_type in schema.columns)
        entries.append(
            ViewEntry(
                name=name,
                version=0,
                is_latest=True,
                entity="user",
                join_keys=(("user_id", "int64"),),
                features=features,
                schema_id=f"{schema.id:08x}",
                published=PUBLISHED,
                ttl_seconds=100 * 365 * 86_400,
            )
        )
    pinned = [ServiceFeature(view, 0, name, name) for view in ("mixed", "narrow") for name, _ in VIEWS[view]]
    entries.append(ServiceEntry("two_views", tuple(pinned), PUBLISHED))
    return {"format": b"1", "generation": b"1", **{entry.field: encode_entry(entry) for entry in entries}}


def fill_redis(client: Any) -> None:
    """Write everything to a server."""
    client.hset(KEYS.catalog, mapping=catalog())
    for batch in rows():
        client.mset(batch)


def fill_sqlite(path: str) -> None:
    """Write everything to an embedded store."""
    with sqlite3.connect(path) as connection:
        connection.execute("pragma journal_mode = wal")
        for statement in LAYOUT:
            connection.execute(statement)
        connection.executemany(
            "insert into hashes values (?, ?, ?)", [(KEYS.catalog, field, text) for field, text in catalog().items()]
        )
        for batch in rows():
            connection.executemany("insert into entries (key, value) values (?, ?)", batch.items())
    connection.close()
