"""A request compiled against the catalog: which keys to read, and where each value goes."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from serving.answer import OnlineFeatures, Status
from serving.errors import CorruptRowError, MissingJoinKeyError, RequestError
from serving.format.keys import key_encoder
from serving.format.rows import decode_header, decode_values
from serving.format.schemas import Schema
from serving.format.types import parse_type
from serving.format.values import decoder
from serving.references import resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from serving.format.catalog import Catalog, ViewEntry
    from serving.format.keys import KeySpace
    from serving.format.types import WireType

    Projected = tuple[int, Callable[[Any], Any] | None]
    Outcome = tuple[Status, Any]
    Schemas = Mapping[tuple[str, int], Schema]

_MICROS = 1_000_000


class UnknownSchemaError(Exception):
    """A row names a schema that was not at hand; the client reads it and asks again. Never leaves the package.

    Args:
        view: The view's name.
        schema_id: The schema that the row follows.
        row_key: Where the row is stored.
    """

    def __init__(self, view: str, schema_id: int, row_key: str) -> None:
        super().__init__(view, schema_id, row_key)
        self.view = view
        self.schema_id = schema_id
        self.row_key = row_key


@dataclass(frozen=True, slots=True)
class Slot:
    """One feature of a read, and the column of the answer it fills."""

    column: int
    feature: str
    wire_type: WireType
    default: Any


@dataclass(frozen=True, slots=True)
class Read:
    """One view looked up by one set of request columns.

    Attributes:
        key_columns: Request columns, in the order of the view's join keys.
        encode_key: Their values to the key text, or None for a null.
        prefix: What its row keys start with.
        ttl_us: In microseconds, or None.
        schema: Of the rows that are written now; older rows may follow another one.
        projections: Schema id to the place and decoder of each slot's value in a row, None for one the row lacks.
    """

    view: str
    key_columns: tuple[str, ...]
    encode_key: Callable[[Sequence[Any]], str | None]
    prefix: str
    ttl_us: int | None
    schema: Schema
    slots: list[Slot] = field(default_factory=list)
    projections: dict[int, list[Projected | None]] = field(default_factory=dict)

    def outcomes(self, row: bytes | None, key: str, schemas: Schemas, now_us: int) -> tuple[int | None, list[Outcome]]:
        """The row's event timestamp, and what it says of each slot."""
        if row is None:
            return None, self._without_value(Status.NOT_FOUND)
        header = decode_header(row, key)
        schema = schemas.get((self.view, header.schema_id))
        if schema is None:
            raise UnknownSchemaError(self.view, header.schema_id, key)
        stored = decode_values(row, key, len(schema.columns))
        if not stored:
            return None, self._without_value(Status.NOT_FOUND)
        if self.ttl_us is not None and header.event_us < now_us - self.ttl_us:
            return header.event_us, self._without_value(Status.OUTSIDE_MAX_AGE)
        try:
            return header.event_us, [_outcome(stored, place) for place in self._projection(schema)]
        except (TypeError, ValueError, ArithmeticError, struct.error) as error:
            raise CorruptRowError(key, f"expected values of the types of its schema, got {stored!r}") from error

    def _without_value(self, status: Status) -> list[Outcome]:
        return [(status, slot.default) for slot in self.slots]

    def _projection(self, schema: Schema) -> list[Projected | None]:
        known = self.projections.get(schema.id)
        if known is None:
            places = {column: place for place, column in enumerate(schema.columns)}
            known = [
                (places[slot.feature, slot.wire_type], decoder(slot.wire_type))
                if (slot.feature, slot.wire_type) in places
                else None
                for slot in self.slots
            ]
            self.projections[schema.id] = known
        return known


@dataclass(frozen=True, slots=True)
class Lookup:
    """A plan bound to entity rows: what to fetch, and what `Plan.answer` needs to place it.

    Attributes:
        keys: Row keys for one mget; null keys have none.
        key_of: For each read, for each entity row: index into `keys`, or None.
        columns: Request column to its values.
    """

    keys: list[str]
    key_of: list[list[int | None]]
    columns: dict[str, list[Any]]
    row_count: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled request, for one catalog; it does no I/O and may be shared between threads.

    Attributes:
        key_columns: Join key columns of the answer, in order of first use.
        names: All columns of the answer: join keys, then features in request order.
    """

    key_columns: dict[str, str]
    names: tuple[str, ...]
    reads: list[Read]

    def lookup(self, entity_rows: Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]]) -> Lookup:
        """The row keys that answer these entity rows.

        Raises:
            RequestError: Entity rows of another shape, without a join key column, or with a key of another type.
        """
        columns, row_count = self._columns(entity_rows)
        keys: list[str] = []
        key_of: list[list[int | None]] = []
        for read in self.reads:
            places: list[int | None] = []
            for values in zip(*[columns[name] for name in read.key_columns], strict=True):
                text = read.encode_key(values)
                if text is None:
                    places.append(None)
                else:
                    places.append(len(keys))
                    keys.append(f"{read.prefix}{text}}}")
            key_of.append(places)
        return Lookup(keys, key_of, columns, row_count)

    def answer(self, lookup: Lookup, rows: Sequence[bytes | None], schemas: Schemas, now_us: int) -> OnlineFeatures:
        """The answer from the stored rows.

        Args:
            lookup: What was fetched.
            rows: The values of `lookup.keys`.
            schemas: Schemas by view and id.
            now_us: The instant of the look-up, UTC microseconds since 1970.

        Raises:
            CorruptRowError: Stored bytes that are no row; the whole look-up fails, for nothing true can be said.
            UnknownSchemaError: A row follows a schema that is not in `schemas`.
        """
        count = lookup.row_count
        width = len(self.names)
        values = [lookup.columns[name] for name in self.key_columns]
        values += [[None] * count for _ in range(width - len(values))]
        statuses = [[Status.PRESENT] * count for _ in range(width)]
        event_us: list[list[int | None]] = [[None] * count for _ in range(width)]
        for read, key_of in zip(self.reads, lookup.key_of, strict=True):
            for index, place in enumerate(key_of):
                row, key = (None, "") if place is None else (rows[place], lookup.keys[place])
                event, outcomes = read.outcomes(row, key, schemas, now_us)
                for slot, (status, value) in zip(read.slots, outcomes, strict=True):
                    values[slot.column][index] = value
                    statuses[slot.column][index] = status
                    event_us[slot.column][index] = event
        return OnlineFeatures(self.names, values, statuses, event_us)

    def _columns(
        self, entity_rows: Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]]
    ) -> tuple[dict[str, list[Any]], int]:
        if isinstance(entity_rows, Mapping):
            return self._from_columns(entity_rows)
        if isinstance(entity_rows, (str, bytes)) or not isinstance(entity_rows, Sequence):
            raise RequestError(
                f"entity_rows: expected a list of dicts or a dict of columns, got {type(entity_rows).__name__}",
                hint="Write entity_rows=[{'key': 1}, ...] or {'key': [1, ...]}.",
            )
        columns: dict[str, list[Any]] = {}
        for name, view in self.key_columns.items():
            try:
                columns[name] = [row[name] for row in entity_rows]
            except (KeyError, TypeError) as error:
                raise _row_error(entity_rows, name, view) from error
        return columns, len(entity_rows)

    def _from_columns(self, given: Mapping[str, Sequence[Any]]) -> tuple[dict[str, list[Any]], int]:
        columns: dict[str, list[Any]] = {}
        for name, view in self.key_columns.items():
            if name not in given:
                raise MissingJoinKeyError(name, view, "entity_rows", given)
            if isinstance(given[name], (str, bytes)) or not hasattr(given[name], "__iter__"):
                raise RequestError(
                    f"entity_rows: {name}: expected a list of values, got {given[name]!r}",
                    hint="Write entity_rows={'key': [1, ...]}, or a list of dicts.",
                )
            columns[name] = list(given[name])
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            raise RequestError(
                f"entity_rows: expected columns of one length, got {lengths}", hint="Give every column one value a row."
            )
        return columns, next(iter(lengths.values()))


def compile_plan(
    catalog: Catalog, keyspace: KeySpace, features: str | Sequence[str], *, full_feature_names: bool
) -> Plan:
    """The plan of a request.

    Raises:
        RequestError: An unknown or malformed name, or names that clash.
        UnservableTypeError: The catalog holds a type that this version does not know.
    """
    requested = resolve(catalog, features, full_feature_names=full_feature_names)
    reads: dict[tuple[str, int, tuple[str, ...]], Read] = {}
    key_columns: dict[str, str] = {}
    columns_of = [tuple(each.join_keys.get(key, key) for key, _ in each.view.join_keys) for each in requested]
    for each, columns in zip(requested, columns_of, strict=True):
        for column in columns:
            key_columns.setdefault(column, each.view.name)
    for index, (each, columns) in enumerate(zip(requested, columns_of, strict=True)):
        identity = (each.view.name, each.view.version, columns)
        if identity not in reads:
            reads[identity] = _read(each.view, columns, keyspace)
        reads[identity].slots.append(_slot(each.view, each.feature, len(key_columns) + index))
    names = (*key_columns, *(each.output_name for each in requested))
    return Plan(key_columns, names, list(reads.values()))


def _read(view: ViewEntry, columns: tuple[str, ...], keyspace: KeySpace) -> Read:
    return Read(
        view=view.name,
        key_columns=columns,
        # The type is the view's, but a message names the column that the caller wrote.
        encode_key=key_encoder(
            [(column, type_text) for column, (_, type_text) in zip(columns, view.join_keys, strict=True)]
        ),
        prefix=keyspace.row_prefix(view.name, view.version),
        ttl_us=None if view.ttl_seconds is None else view.ttl_seconds * _MICROS,
        schema=Schema.of(view.features),
    )


def _slot(view: ViewEntry, feature: str, column: int) -> Slot:
    wire_type = parse_type(dict(view.features)[feature])
    default = view.defaults.get(feature)
    decode = decoder(wire_type)
    return Slot(column, feature, wire_type, default if default is None or decode is None else decode(default))


def _outcome(stored: list[Any], place: Projected | None) -> Outcome:
    if place is None:
        # There is an eligible row, so the default does not apply: what the warehouse holds is not known here yet.
        return Status.NOT_FOUND, None
    position, decode = place
    value = stored[position]
    if value is None:
        return Status.NULL_VALUE, None
    return Status.PRESENT, value if decode is None else decode(value)


def _row_error(entity_rows: Sequence[Any], column: str, view: str) -> RequestError:
    for index, row in enumerate(entity_rows):
        if not isinstance(row, Mapping):
            return RequestError(
                f"entity_rows[{index}]: expected a dict, got {row!r}", hint="Write entity_rows=[{'key': 1}, ...]."
            )
        if column not in row:
            return MissingJoinKeyError(column, view, f"entity_rows[{index}]", row)
    raise AssertionError(column)
