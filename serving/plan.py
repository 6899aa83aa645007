"""A request compiled against the catalog: which keys to read, and where each value goes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec

from serving.answer import OnlineFeatures
from serving.entities import key_columns
from serving.found import Found
from serving.layout import Layout
from serving.reads import Read, UnknownSchemaError
from serving.references import deprecations, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from serving.entities import EntityRows
    from serving.format.catalog import Catalog
    from serving.format.keys import KeySpace
    from serving.reads import Schemas
    from serving.references import Requested


class Lookup(msgspec.Struct):
    """A plan bound to entity rows: what to fetch, and what `Plan.answer` needs to place it.

    Attributes:
        names: Of the request's key columns.
        columns: Their values.
        keys: Row keys of every entity, read by read; None for a null key.
        has_null: Whether there is one.
    """

    names: Iterable[str]
    columns: list[list[Any]]
    keys: list[Any]
    has_null: bool

    @property
    def wanted(self) -> list[str]:
        """The keys for one mget."""
        return [key for key in self.keys if key is not None] if self.has_null else self.keys

    def again(self, entity_rows: EntityRows) -> EntityRows:
        """The same entity rows for another plan; columns that can be read only once were kept."""
        if not isinstance(entity_rows, Mapping):
            return entity_rows
        return {**entity_rows, **dict(zip(self.names, self.columns, strict=True))}

    def spread(self, rows: list[bytes | None]) -> list[bytes | None]:
        """The rows of `wanted` as those of `keys`."""
        following = iter(rows)
        return [None if key is None else next(following) for key in self.keys]


class Plan:
    """A compiled request, for one catalog; it does no I/O and may be shared between threads.

    Args:
        key_columns: Request column to the view that needs it, in order of first use.
        reads: One a view and set of request columns.
        layout: Of the answer.
    """

    __slots__ = ("key_columns", "layout", "reads")

    def __init__(self, key_columns: dict[str, str], reads: list[Read], layout: Layout) -> None:
        self.key_columns = key_columns
        self.reads = reads
        self.layout = layout

    def lookup(self, entity_rows: EntityRows, max_entities: int) -> Lookup:
        """The row keys that answer these entity rows.

        Raises:
            RequestError: Entity rows of another shape or number, without a join key column, or with a key of another type.
        """
        columns = key_columns(entity_rows, self.key_columns, max_entities)
        keys: list[Any] = []
        has_null = False
        for read in self.reads:
            more, has_more_null = read.row_keys(columns)
            keys += more
            has_null = has_null or has_more_null
        return Lookup(self.key_columns, columns, keys, has_null)

    def answer(
        self,
        lookup: Lookup,
        fetched: list[bytes | None],
        schemas: Schemas,
        now_us: int,
        include_stale: bool,  # noqa: FBT001 - positions are cheaper, and this is called for every look-up
        raise_corrupt: bool,  # noqa: FBT001 - likewise
    ) -> OnlineFeatures:
        """The answer from the stored rows.

        Args:
            lookup: What was fetched.
            fetched: The values of `lookup.wanted`.
            schemas: Schemas by view and id; None for one that the store does not have.
            now_us: The instant of the look-up, UTC microseconds since 1970.
            include_stale: Answer the values of rows older than their TTL.
            raise_corrupt: Fail on a row that cannot be read, instead of answering INVALID for it.

        Raises:
            CorruptRowError: Where asked for.
            UnknownSchemaError: Rows follow schemas that are not in `schemas`.
        """
        rows = lookup.spread(fetched) if lookup.has_null else fetched
        keys, size = lookup.keys, len(lookup.columns[0])
        found, odd = [], []
        start = 0
        for read in self.reads:
            end = start + size
            each = Found(read, keys[start:end], rows[start:end])
            found.append(each)
            if not read.are_fresh(each.rows, now_us):
                odd.append(each)
            start = end
        if odd:
            unknown = set().union(*[each.read.unknown_schemas(each.rows, schemas) for each in odd])
            if unknown:
                raise UnknownSchemaError(unknown)
            for each in odd:
                each.resolve(schemas, now_us, include_stale=include_stale, raise_corrupt=raise_corrupt)
        if raise_corrupt:
            for each in found:
                each.require_readable()
        return OnlineFeatures(self.layout, lookup.columns, found)


def compile_plan(
    catalog: Catalog, keyspace: KeySpace, features: str | Sequence[str], *, full_feature_names: bool
) -> Plan:
    """The plan of a request.

    Raises:
        RequestError: An unknown or malformed name, or names that clash.
        UnservableTypeError: The catalog holds a type that this version does not know.
    """
    requested = resolve(catalog, features, full_feature_names=full_feature_names)
    columns_of = [tuple(each.join_keys.get(key, key) for key, _ in each.view.join_keys) for each in requested]
    key_columns: dict[str, str] = {}
    groups: dict[tuple[str, int, tuple[str, ...]], list[int]] = {}
    for index, (each, columns) in enumerate(zip(requested, columns_of, strict=True)):
        for column in columns:
            key_columns.setdefault(column, each.view.name)
        groups.setdefault((each.view.name, each.view.version, columns), []).append(index)
    places = list(key_columns)
    reads = [
        _read(columns, places, [requested[index] for index in group], keyspace)
        for (*_, columns), group in groups.items()
    ]
    slots = list(chain.from_iterable(groups.values()))
    order = sorted(range(len(slots)), key=slots.__getitem__)
    names = [each.output_name for each in requested]
    return Plan(key_columns, reads, Layout(places, names, order, deprecations(requested)))


def _read(columns: tuple[str, ...], places: list[str], requested: list[Requested], keyspace: KeySpace) -> Read:
    return Read(
        requested[0].view,
        tuple([places.index(column) for column in columns]),
        columns,
        [each.feature for each in requested],
        keyspace,
    )
