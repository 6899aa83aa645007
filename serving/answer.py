"""What a look-up answers: columns of values, statuses and event timestamps."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from serving.format.values import from_micros

if TYPE_CHECKING:
    from datetime import datetime


class Status(StrEnum):
    """What stands behind one value of an answer."""

    PRESENT = "PRESENT"
    NULL_VALUE = "NULL_VALUE"
    """The newest row holds a null."""
    NOT_FOUND = "NOT_FOUND"
    """No row, a tombstone, a null key: the default, or None. Or the row does not hold the feature yet: None."""
    OUTSIDE_MAX_AGE = "OUTSIDE_MAX_AGE"
    """The newest row is older than the view's TTL: never its value, but the default, or None."""


class OnlineFeatures:
    """The answer to one look-up, columnar: every join key, then every feature, to a list in the order of the entity rows.

    Args:
        names: Names of the columns, join keys first.
        values: One list a column.
        statuses: Likewise; join keys are PRESENT.
        event_us: Likewise; UTC microseconds of the row a value comes from, None where there is none and for join keys.
    """

    __slots__ = ("_event_us", "_names", "_statuses", "_values")

    def __init__(
        self,
        names: tuple[str, ...],
        values: list[list[Any]],
        statuses: list[list[Status]],
        event_us: list[list[int | None]],
    ) -> None:
        self._names = names
        self._values = values
        self._statuses = statuses
        self._event_us = event_us

    def __len__(self) -> int:
        return len(self._values[0]) if self._values else 0

    def __repr__(self) -> str:
        return f"OnlineFeatures({len(self)} rows of {', '.join(self._names)})"

    def to_dict(self) -> dict[str, list[Any]]:
        """Column name to its values."""
        return dict(zip(self._names, self._values, strict=True))

    def to_rows(self) -> list[dict[str, Any]]:
        """One dict an entity row."""
        return [dict(zip(self._names, row, strict=True)) for row in zip(*self._values, strict=True)]

    @property
    def statuses(self) -> dict[str, list[Status]]:
        """Column name to the status of each value."""
        return dict(zip(self._names, self._statuses, strict=True))

    @property
    def event_timestamps(self) -> dict[str, list[datetime | None]]:
        """Column name to when each value became true (aware, UTC); None for join keys and where there is no row."""
        return {
            name: [None if micros is None else from_micros(micros) for micros in column]
            for name, column in zip(self._names, self._event_us, strict=True)
        }
