"""What the commands need from a warehouse, whatever the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from featurectl.registry import FeatureView


class Stock(NamedTuple):
    """What a view holds.

    Attributes:
        rows: All of them.
        due: Those visible by now, greatest(e, c) <= now, whose keys are not null.
        null_keys: Rows with a null among their join keys; they can never be looked up.
        watermark_us: The greatest a = greatest(e, c) among the due, UTC microseconds since 1970; None without any.
    """

    rows: int
    due: int
    null_keys: int
    watermark_us: int | None


class Loads(NamedTuple):
    """What a view holds whose rows say when a build wrote them.

    Rows are counted whether they are due or not, and whatever their keys are.

    Attributes:
        until_us: The greatest load time that the warehouse's clock has reached, minus the lookback, UTC microseconds since
            1970; None where no row has one.
        before_until: Rows loaded before it.
        before_since: Rows loaded before the given instant.
        waiting: Due rows loaded no later than that, which could not be known by the other given instant.
    """

    stock: Stock
    until_us: int | None
    before_until: int
    before_since: int
    waiting: int


class LatestRow(NamedTuple):
    """The newest due row of one entity.

    Attributes:
        keys: Values of the join keys, in declared order; none is None.
        event_us: UTC microseconds since 1970.
        created_us: Likewise; e where it is null or not declared.
        is_tombstone: The row says that the entity is gone.
        values: Feature values in contract order.
    """

    keys: Sequence[Any]
    event_us: int
    created_us: int
    is_tombstone: bool
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class LatestColumns:
    """Newest due rows, a list a column; iterating gives them row by row.

    Attributes:
        keys: The join keys, in declared order.
        event_us: UTC microseconds since 1970.
        created_us: Likewise; e where it is null or not declared.
        is_tombstone: For each row; None where no row is one.
        values: The features, in contract order.
        as_declared: For each feature whether the engine gave the declared type itself: what MessagePack carries as it is.
    """

    keys: Sequence[list[Any]]
    event_us: list[int]
    created_us: list[int]
    is_tombstone: list[bool | None] | None
    values: Sequence[list[Any]]
    as_declared: Sequence[bool]

    def __len__(self) -> int:
        return len(self.event_us)

    def __iter__(self) -> Iterator[LatestRow]:
        gone = self.is_tombstone or [False] * len(self)
        keys = zip(*self.keys, strict=True)
        values = zip(*self.values, strict=True) if self.values else [()] * len(self)
        for key, event_us, created_us, is_tombstone, row in zip(
            keys, self.event_us, self.created_us, gone, values, strict=True
        ):
            yield LatestRow(key, event_us, created_us, is_tombstone is True, row)


class Span(NamedTuple):
    """Rows by when they could first be known: those with first_us <= a <= last_us, UTC microseconds since 1970."""

    first_us: int
    last_us: int


class Part(NamedTuple):
    """Some of the due rows: those of any span, and those loaded from an instant on (or at one that is null).

    Attributes:
        loaded_from_us: UTC microseconds since 1970; None for no row by its load time.
    """

    spans: Sequence[Span] = ()
    loaded_from_us: int | None = None


class Digest(NamedTuple):
    """The due rows of one stretch of a, told by a sum over all of them that does not depend on their order.

    Attributes:
        bucket: Number of the stretch (`queries.bucket_start` says where it begins).
        rank: How many of the given bounds lie before the rows.
        total: Sum of one number a row, made of everything the store may hold of it; any change of a row changes it.
    """

    bucket: int
    rank: int
    total: int


Batch = list[LatestRow] | LatestColumns


class Reading(Protocol):
    """One consistent look at the warehouse; every method raises WarehouseError."""

    def now_us(self) -> int:
        """The warehouse's clock, UTC microseconds since 1970."""
        ...

    def stock(self, view: FeatureView, now_us: int) -> Stock:
        """What the view holds at an instant, in one scan of its keys and times."""
        ...

    def loads(self, view: FeatureView, now_us: int, since_us: int, known_by_us: int) -> Loads:
        """The stock, and how many rows were loaded when; for a view with `loaded_at`. One scan, and the greatest of a column."""
        ...

    def load_total(self, view: FeatureView, loaded_us: int) -> int:
        """The sum, modulo 2^64, of one number a row over the rows that were loaded at an instant, due or not."""
        ...

    def digests(self, view: FeatureView, now_us: int, width_us: int, bounds_us: Sequence[int]) -> list[Digest]:
        """What the due rows with a <= the last bound are, by stretches of a of one width, cut at the bounds (ascending)."""
        ...

    def latest_rows(self, view: FeatureView, now_us: int, part: Part | None = None) -> Iterator[Batch]:
        """The newest due row of each entity, in batches and no order; with a part, the newest of the rows in it."""
        ...


class Warehouse(Protocol):
    """A warehouse that a dbt target names."""

    @property
    def database(self) -> str | None:
        """The database it connects to, as the manifest names it; None where the engine has no such level."""
        ...

    def reading(self) -> AbstractContextManager[Reading]:
        """Open late, read, close: a long reader would keep `dbt build` out."""
        ...
