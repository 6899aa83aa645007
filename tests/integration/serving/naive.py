"""A second, independent reader of the online store, as plain as can be: one entity and one feature at a time."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import msgspec

from serving.format.types import parse_type
from serving.format.values import decoder

if TYPE_CHECKING:
    from collections.abc import Callable

    from serving.format.catalog import ViewEntry

Answer = tuple[Any, str, int | None]


def read_one(
    get: Callable[[str], bytes | None],
    namespace: str,
    view: ViewEntry,
    key_text: str | None,
    feature: str,
    now_us: int,
    *,
    include_stale: bool,
) -> Answer:
    """The value, status and event timestamp (UTC microseconds) of one feature of one entity.

    Args:
        get: Reads one key.
        namespace: Of the store.
        view: As the catalog has it.
        key_text: The key's text, None for a null.
        feature: Its name.
        now_us: The instant of the look-up.
        include_stale: Whether the value of a row past its TTL is wanted.
    """
    wire_type = parse_type(dict(view.features)[feature])
    decode = decoder(wire_type) or (lambda value: value)
    default = view.defaults.get(feature)
    absent = None if default is None else decode(default)
    row = None if key_text is None else get(f"{namespace}:{view.name}@{view.version}:{{{key_text}}}")
    if row is None:
        return absent, "NOT_FOUND", None
    try:
        version, schema_id, event, _ = struct.unpack(">BIQQ", row[:21])
        stored = msgspec.msgpack.decode(row[21:])
    except (struct.error, msgspec.DecodeError):
        return None, "INVALID", None
    if version == 1 and stored == []:
        return absent, "NOT_FOUND", None
    schema = get(f"{namespace}:schema:{view.name}:{schema_id:08x}")
    columns = [tuple(column) for column in msgspec.json.decode(schema or b"[]")]
    if version != 1 or len(stored) != len(columns):
        return None, "INVALID", None
    held = (feature, wire_type.name) in columns
    value = stored[columns.index((feature, wire_type.name))] if held else None
    shown = None if value is None else decode(value)
    event_us = event - 2**63
    if view.ttl_seconds is not None and event_us < now_us - view.ttl_seconds * 1_000_000:
        return (shown if include_stale else absent), "OUTSIDE_MAX_AGE", event_us
    status = "NOT_FOUND" if not held else "NULL_VALUE" if value is None else "PRESENT"
    return shown, status, event_us
