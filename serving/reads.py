"""One view of a request: its row keys, and what its rows say."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import msgspec

from serving.errors import CorruptRowError
from serving.format.damage import DECODE_ERRORS
from serving.format.keys import row_key_maker
from serving.format.matrix import MatrixDecoder, is_numbers
from serving.format.rows import BODY, decode_header, event_bytes, event_micros, is_tombstone, row_bounds, schema_id_of
from serving.format.schemas import Schema
from serving.format.typed import carried, finisher, row_decoder
from serving.format.types import parse_type
from serving.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from serving.format.catalog import ViewEntry
    from serving.format.keys import KeySpace
    from serving.format.typed import Values
    from serving.format.types import WireType

    Decoding = tuple[Callable[[bytes], Values], Callable[[Values], Values] | None, tuple[Status | None, ...] | None]
    Schemas = Mapping[tuple[str, int], Schema | None]

UNREADABLE = (TypeError, ValueError, ArithmeticError, struct.error)
_MICROS = 1_000_000
_LONGEST_TTL_US = 2**61  # 73,000 years, and the arithmetic stays within eight bytes


class UnknownSchemaError(Exception):
    """Rows name schemas that are not at hand; the client reads them and asks again. Never leaves the package.

    Args:
        schemas: (view, schema id) of each.
    """

    def __init__(self, schemas: set[tuple[str, int]]) -> None:
        super().__init__(schemas)
        self.schemas = schemas


class Read:
    """One view looked up by one set of request columns; immutable once compiled, but for a memo of decoders.

    Args:
        view: As the catalog has it.
        columns: Indexes of its join keys among the request's key columns.
        column_names: Their names there, for messages.
        features: Names of the features wanted, in request order: the read's slots.
        keyspace: Of the namespace.
    """

    def __init__(
        self,
        view: ViewEntry,
        columns: tuple[int, ...],
        column_names: Sequence[str],
        features: Sequence[str],
        keyspace: KeySpace,
    ) -> None:
        types = dict(view.features)
        self.view = view.name
        self.schema = Schema.of(view.features)
        self.slots: list[tuple[str, WireType]] = [(name, parse_type(types[name])) for name in features]
        self.ttl_us = None if view.ttl_seconds is None else min(view.ttl_seconds * _MICROS, _LONGEST_TTL_US)
        self.absent: Values = tuple([_default(view, *slot) for slot in self.slots])
        self.nothing: Values = (None,) * len(self.slots)
        finishers = [_finisher(view, *slot) for slot in self.slots]
        self.finishers = [(place, finish) for place, finish in enumerate(finishers) if finish is not None]
        self.matrix = MatrixDecoder(self.schema) if is_numbers(self.schema) else None
        self.positions = [self.schema.columns.index(slot) for slot in self.slots]
        self.decode, self.pick = row_decoder(self.schema, self.slots)
        self.statuses = {status: (status,) * len(self.slots) for status in Status}
        # The type is the view's, but a message names the column that the caller wrote.
        join_keys = [(name, type_text) for name, (_, type_text) in zip(column_names, view.join_keys, strict=True)]
        # From all key columns of the request to row keys, None for a null key; and whether there is one.
        self.row_keys = row_key_maker(keyspace.row_prefix(view.name, view.version), join_keys, columns)
        self._low, self._high = row_bounds(self.schema)
        self._decoders: dict[int, Decoding] = {self.schema.id: (self.decode, self.pick, None)}

    def are_fresh(self, rows: Sequence[bytes | None], now_us: int) -> bool:
        """Whether every row is there, follows the view's schema and is within its TTL; nothing is said of the values."""
        low = self._low if self.ttl_us is None else self._low + event_bytes(now_us - self.ttl_us)
        try:
            if len(rows) == 1:
                return low <= rows[0] <= self._high  # type: ignore[operator]
            return low <= min(rows) and max(rows) <= self._high  # type: ignore[type-var,operator]
        except TypeError:  # a None among them
            return False

    def unknown_schemas(self, rows: Sequence[bytes | None], schemas: Schemas) -> set[tuple[str, int]]:
        """The schemas that rows follow and that are not in `schemas` (a None there: the store has none either)."""
        ids = {schema_id_of(row) for row in rows if row is not None} - {None, self.schema.id}
        return {(self.view, each) for each in ids if each is not None and (self.view, each) not in schemas}

    def resolve(
        self, row: bytes | None, key: str, schemas: Schemas, now_us: int, *, include_stale: bool
    ) -> tuple[Values, tuple[Status | None, ...] | None]:
        """What one row says: a value a slot, still to be finished, and their statuses where the values do not say them.

        Raises:
            CorruptRowError: The bytes are no row.
        """
        if row is None:
            return self.absent, self.statuses[Status.NOT_FOUND]
        header = decode_header(row, key)
        if is_tombstone(row):
            return self.absent, self.statuses[Status.NOT_FOUND]
        decode, pick, statuses = self._decoding(header.schema_id, key, schemas)
        if self.ttl_us is not None and header.event_us < now_us - self.ttl_us:
            if not include_stale:
                return self.absent, self.statuses[Status.OUTSIDE_MAX_AGE]
            statuses = self.statuses[Status.OUTSIDE_MAX_AGE]
        try:
            values = decode(row[BODY:])
        except DECODE_ERRORS as error:
            raise CorruptRowError(key, f"expected values of the types of its schema ({error}), got {row!r}") from error
        return values if pick is None else pick(values), statuses

    def event_us(self, row: bytes | None, statuses: tuple[Status | None, ...] | None) -> int | None:
        """When the row's values became true; None where nothing can be said."""
        if row is None or is_tombstone(row) or statuses is self.statuses[Status.INVALID]:
            return None
        return event_micros(row)

    def _decoding(self, schema_id: int, key: str, schemas: Schemas) -> Decoding:
        known = self._decoders.get(schema_id)
        if known is None:
            schema = schemas[self.view, schema_id]
            if schema is None:
                raise CorruptRowError(
                    key, f"expected its schema {schema_id:08x} of view {self.view} in the store, found none"
                )
            # There is an eligible row, so the default does not apply: what the warehouse holds is not known here yet.
            lacking = tuple([None if slot in schema.columns else Status.NOT_FOUND for slot in self.slots])
            known = (*row_decoder(schema, self.slots), lacking if any(lacking) else None)
            self._decoders[schema_id] = known
        return known


def _default(view: ViewEntry, feature: str, wire_type: WireType) -> Any:
    default = view.defaults.get(feature)
    return None if default is None else msgspec.convert(default, carried(wire_type))


def _finisher(view: ViewEntry, feature: str, wire_type: WireType) -> Callable[[Any], Any] | None:
    finish = finisher(wire_type)
    if wire_type.item is None or view.defaults.get(feature) is None:
        return finish
    # A default list is copied, for the caller may change what it was given.
    return list if finish is None else lambda value: list(finish(value))
