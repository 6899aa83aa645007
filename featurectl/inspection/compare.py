"""Two rows of one entity, the warehouse's and the store's: what differs, feature by feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from featurectl.inspection.differences import Difference
from featurectl.online.entries import schema_of
from serving.errors import CorruptRowError
from serving.format.rows import decode_header, decode_values, is_tombstone
from serving.format.values import decoder, from_micros

if TYPE_CHECKING:
    from featurectl.inspection.differences import Verification
    from featurectl.inspection.reader import OnlineReader
    from featurectl.registry import FeatureView
    from serving.format.rows import Header
    from serving.format.schemas import Schema
    from serving.format.types import WireType

_ABSENT = object()


class RowComparer:
    """Compares rows of one view into its verification.

    Args:
        found: Filled on the way.
    """

    def __init__(self, view: FeatureView, reader: OnlineReader, found: Verification) -> None:
        self._view = view
        self._reader = reader
        self._found = found
        self._schema = schema_of(view)
        self._schemas: dict[int, Schema | None] = {self._schema.id: self._schema}
        self._prefix = reader.keyspace.row_prefix(view.name, view.version)
        found.features = {name: dict.fromkeys(found.outcomes, 0) for name, _ in self._schema.columns}

    def entity(self, key: str) -> str:
        """The key text in a row key."""
        return key.removeprefix(self._prefix).removesuffix("}")

    def compare(self, key: str, expected: bytes, online: bytes) -> None:
        """Count a row whose bytes are not the expected ones."""
        should = decode_header(expected, key)
        try:
            found = decode_header(online, key)
            values = self._values(key, found, online)
        except (CorruptRowError, ValueError):  # a text whose bytes are no UTF-8 is the latter
            self._whole(key, "different", expected, f"unreadable: {online.hex()}")
            return
        self._found.other_features += found.schema_id != self._schema.id
        if (found.event_us, found.created_us) != (should.event_us, should.created_us):
            is_older = (found.event_us, found.created_us) < (should.event_us, should.created_us)
            self._whole(key, "stale" if is_older else "different", expected, _described(found, online))
        elif is_tombstone(expected) or is_tombstone(online):
            self._whole(key, "different", expected, _described(found, online))
        else:
            self._by_feature(key, expected, online, values)

    def missing(self, key: str, expected: bytes) -> None:
        """Count a row that is not there."""
        self._whole(key, "missing", expected, None)

    def _by_feature(self, key: str, expected: bytes, online: bytes, values: dict[tuple[str, WireType], Any]) -> None:
        should = dict(zip(self._schema.columns, decode_values(expected, key, len(self._schema.columns)), strict=True))
        outcomes = {}
        for column, wire in should.items():
            other = values.get(column, _ABSENT)
            outcomes[column] = "missing" if other is _ABSENT else "equal" if _same(wire, other) else "different"
        if set(outcomes.values()) <= {"equal"}:
            # The values are the same, written otherwise than any sync writes them.
            self._whole(key, "different", expected, f"other bytes: {online.hex()}")
            return
        self._found.outcomes["different" if "different" in outcomes.values() else "missing"] += 1
        for column, outcome in outcomes.items():
            name, wire_type = column
            self._found.features[name][outcome] += 1
            if outcome != "equal":
                other = None if outcome == "missing" else _decoded(wire_type, values[column])
                shown = Difference(self.entity(key), outcome, name, _decoded(wire_type, should[column]), other)
                self._found.show(shown)

    def _values(self, key: str, header: Header, row: bytes) -> dict[tuple[str, WireType], Any]:
        if header.schema_id not in self._schemas:
            self._schemas[header.schema_id] = self._reader.schema(self._view.name, header.schema_id)
        schema = self._schemas[header.schema_id]
        if schema is None:
            raise CorruptRowError(key, f"expected its schema {header.schema_id:08x} in the store, found none")
        values = decode_values(row, key, len(schema.columns))
        return dict(zip(schema.columns, values, strict=True)) if values else {}

    def _whole(self, key: str, outcome: str, expected: bytes, online: str | None) -> None:
        should = _described(decode_header(expected, key), expected)
        self._found.count_row(outcome, Difference(self.entity(key), outcome, None, should, online))


def _same(left: Any, right: Any) -> bool:
    """Of the same type with the same value: NaN too, and -0.0 is not 0.0."""
    return type(left) is type(right) and repr(left) == repr(right)


def _decoded(wire_type: WireType, wire: Any) -> Any:
    decode = decoder(wire_type)
    if wire is None or decode is None:
        return wire
    try:
        return decode(wire)
    except (TypeError, ValueError, ArithmeticError):
        return wire  # damaged


def _described(header: Header, row: bytes) -> str:
    kind = "tombstone" if is_tombstone(row) else "row"
    return f"{kind} of {_instant(header.event_us)}, known at {_instant(header.created_us)}"


def _instant(micros: int) -> str:
    try:
        return from_micros(micros).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return f"{micros} us"
