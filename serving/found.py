"""The rows of one view in an answer, decoded when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from serving.errors import CorruptRowError
from serving.reads import UNREADABLE
from serving.status import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from serving.reads import Read, Schemas, Values

    Override = tuple[Status | None, ...] | None


_DISTANT_PAST_US = -(2**63)


class Found:
    """What was found for one read.

    Args:
        read: The compiled read.
        keys: Row key of each entity, None for a null key.
        rows: Row of each entity.
    """

    __slots__ = ("_columns", "_overrides", "_values", "is_fresh", "keys", "read", "rows")

    def __init__(self, read: Read, keys: Sequence[str | None], rows: Sequence[bytes | None]) -> None:
        self.read = read
        self.keys = keys
        self.rows = rows
        self.is_fresh = True
        self._values: list[Values] | None = None
        self._overrides: list[Override] | None = None
        self._columns: list[list[Any]] | None = None

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
                self._columns = self._finish(self._decoded())
            except UNREADABLE:
                self._discard_unreadable(raise_corrupt=False)
        assert self._columns is not None  # noqa: S101 - either branch sets it
        return self._columns

    def require_readable(self) -> None:
        """Decode everything.

        Raises:
            CorruptRowError: A row cannot be read.
        """
        try:
            self._columns = self._finish(self._decoded(raise_corrupt=True))
        except UNREADABLE:
            self._discard_unreadable(raise_corrupt=True)

    def statuses(self) -> list[list[Status]]:
        """One list of statuses a slot."""
        columns = self.columns()
        plain = [[Status.NULL_VALUE if value is None else Status.PRESENT for value in column] for column in columns]
        for index, override in enumerate(self._overrides or ()):
            for column, status in zip(plain, override or (), strict=False):
                if status is not None:
                    column[index] = status
        return plain

    def event_micros(self) -> list[int | None]:
        """When the values of each entity became true, UTC microseconds since 1970."""
        self.columns()
        overrides = self._overrides or [None] * len(self.rows)
        return [self.read.event_us(row, override) for row, override in zip(self.rows, overrides, strict=True)]

    def _decoded(self, *, raise_corrupt: bool = False) -> list[Values]:
        if self._values is None:
            decode = self.read.decode
            try:
                self._values = [decode(row) for row in self.rows]  # type: ignore[arg-type] # fresh rows are there
            except msgspec.DecodeError:
                # A tombstone, or a row that cannot be read. All rows are fresh and of the current schema.
                self.resolve({}, _DISTANT_PAST_US, include_stale=True, raise_corrupt=raise_corrupt)
        assert self._values is not None  # noqa: S101 - either branch sets it
        return self._values

    def _finish(self, values: list[Values]) -> list[list[Any]]:
        return [
            list(column) if finish is None else [None if value is None else finish(value) for value in column]
            for column, finish in zip(zip(*values, strict=True), self.read.finishers, strict=True)
        ]

    def _discard_unreadable(self, *, raise_corrupt: bool) -> None:
        """Mark the rows INVALID that have the right types and yet hold what is no value of them."""
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
        self._columns = self._finish(values)
