"""The rows of one view in an answer, decoded when asked for."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec

from serving.errors import CorruptRowError
from serving.format.damage import DECODE_ERRORS
from serving.format.rows import BODY, event_micros
from serving.reads import UNREADABLE
from serving.status import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from serving.format.typed import Values
    from serving.reads import Read, Schemas

    Override = tuple[Status | None, ...] | None


_DISTANT_PAST_US = -(2**63)
_body = itemgetter(slice(BODY, None))


class Found(msgspec.Struct):  # as msgspec makes its instances in half the time
    """What was found for one read.

    Attributes:
        read: The compiled read.
        keys: Row key of each entity, None for a null key.
        rows: Row of each entity.
        is_fresh: Whether every row is there, of the view's schema and within its TTL, and all that was decoded could be read.
    """

    read: Read
    keys: Sequence[str | None]
    rows: Sequence[bytes | None]
    is_fresh: bool = True
    _values: list[Values] | None = None
    _overrides: list[Override] | None = None
    _columns: list[list[Any]] | None = None

    def resolve(self, schemas: Schemas, now_us: int, *, include_stale: bool, raise_corrupt: bool) -> None:
        """Decide row by row, where not all are fresh; a row that cannot be read is INVALID, and no other row with it."""
        read = self.read
        values: list[Values] = []
        overrides: list[Override] = []
        for row, key in zip(self.rows, self.keys, strict=True):
            try:
                value, override = read.resolve(row, key or "", schemas, now_us, include_stale=include_stale)
            except CorruptRowError:
                if raise_corrupt:
                    raise
                value, override = read.nothing, read.statuses[Status.INVALID]
            values.append(value)
            overrides.append(override)
        self.is_fresh = False
        self._values, self._overrides = values, overrides

    def columns(self) -> list[list[Any]]:
        """One list of declared values a slot."""
        if self._columns is None:
            try:
                self._columns = self._finish(self._values or self._decoded())
            except UNREADABLE:
                self._columns = self._without_unreadable(raise_corrupt=False)
        return self._columns

    def require_readable(self) -> None:
        """Decode everything.

        Raises:
            CorruptRowError: A row cannot be read.
        """
        try:
            self._columns = self._finish(self._decoded(raise_corrupt=True))
        except UNREADABLE:
            self._columns = self._without_unreadable(raise_corrupt=True)

    def statuses(self) -> list[list[Status]]:
        """One list of statuses a slot."""
        plain = [_plain_statuses(column) for column in self.columns()]
        for index, override in enumerate(self._overrides or ()):
            for column, status in zip(plain, override or (), strict=False):
                if status is not None:
                    column[index] = status
        return plain

    def event_micros(self) -> list[int | None]:
        """When the values of each entity became true, UTC microseconds since 1970."""
        self.columns()
        if self.is_fresh:
            return [event_micros(row) for row in self.rows]  # type: ignore[arg-type] # fresh rows are there
        overrides = self._overrides or [None] * len(self.rows)
        return [self.read.event_us(row, override) for row, override in zip(self.rows, overrides, strict=True)]

    def _decoded(self, *, raise_corrupt: bool = False) -> list[Values]:
        if self._values is None:
            decode, pick, rows = self.read.decode, self.read.pick, self.rows
            try:
                # Fresh rows are there. One alone is most look-ups.
                values = [decode(rows[0][BODY:])] if len(rows) == 1 else list(map(decode, map(_body, rows)))  # type: ignore[index, arg-type]
            except DECODE_ERRORS:
                # A tombstone, or a row that cannot be read. All rows are fresh and of the current schema.
                self.resolve({}, _DISTANT_PAST_US, include_stale=True, raise_corrupt=raise_corrupt)
            else:
                self._values = values if pick is None else [pick(row) for row in values]
        assert self._values is not None  # noqa: S101 - either branch sets it
        return self._values

    def _finish(self, values: list[Values]) -> list[list[Any]]:
        columns = [[value] for value in values[0]] if len(values) == 1 else list(map(list, zip(*values)))  # noqa: B905 - all of one length
        for place, finish in self.read.finishers:
            columns[place] = [None if value is None else finish(value) for value in columns[place]]
        return columns

    def _without_unreadable(self, *, raise_corrupt: bool) -> list[list[Any]]:
        """The columns with those rows INVALID that have the right types and yet hold what is no value of them."""
        values = list(self._decoded())
        overrides: list[Override] = list(self._overrides or [None] * len(values))
        for index, row in enumerate(values):
            try:
                self._finish([row])
            except UNREADABLE as error:
                if raise_corrupt:
                    problem = f"expected values of the types of its schema, got {row!r}"
                    raise CorruptRowError(self.keys[index] or "", problem) from error
                values[index], overrides[index] = self.read.nothing, self.read.statuses[Status.INVALID]
        self.is_fresh = False
        self._values, self._overrides = values, overrides
        return self._finish(values)


def _plain_statuses(column: list[Any]) -> list[Status]:
    if None in column:
        return [Status.NULL_VALUE if value is None else Status.PRESENT for value in column]
    return [Status.PRESENT] * len(column)
