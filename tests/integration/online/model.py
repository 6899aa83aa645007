"""What an online store should answer, by the rule alone: the point-in-time join over the rows synced so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lab import joined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab import Row


@dataclass
class Model:
    """The rows that syncs have read, each with the type that its value was written as.

    Attributes:
        ttl: Oldest age at which a value is answered, microseconds; None for ever.
        maybe: Rows that a sync which failed on the way may have written, or may not.
        published: Types that the catalog may give the feature; None among them where there may be no catalog.
    """

    ttl: int | None
    synced: list[tuple[Row, str]] = field(default_factory=list)
    maybe: list[tuple[Row, str]] = field(default_factory=list)
    published: set[str | None] = field(default_factory=set)

    def read(self, rows: Iterable[Row], data_type: str) -> None:
        """A sync read these rows: one of the same key and times is corrected, all others stay."""
        self.synced = _with(self.synced, rows, data_type)
        self.maybe = _without(self.maybe, self.synced)
        self.published = {data_type}

    def may_have_read(self, rows: Iterable[Row], data_type: str) -> None:
        """A sync of these rows failed on the way."""
        self.maybe = _with(self.maybe, rows, data_type)
        self.published |= {data_type}

    def became(self, rows: Iterable[Row], data_type: str) -> None:
        """A full refresh: the store holds these rows and no others."""
        self.synced, self.maybe, self.published = [(row, data_type) for row in rows], [], {data_type}

    def lost(self, meters: Iterable[str]) -> None:
        """All rows of these meters are gone."""
        gone = set(meters)
        self.synced = [pair for pair in self.synced if pair[0].meter not in gone]
        self.maybe = [pair for pair in self.maybe if pair[0].meter not in gone]

    def answers(self, meter: str, now: int) -> set[Any]:
        """The values that a look-up at an instant may answer; one, unless a sync failed on the way."""
        found = {
            self._answer(pairs, meter, now, as_type) for pairs in self._stores(meter) for as_type in self.published
        }
        return found or {None}

    def _stores(self, meter: str) -> list[list[tuple[Row, str]]]:
        """The rows of a meter in each store that may be: each uncertain row is the newest one written, or not."""
        sure = [pair for pair in self.synced if pair[0].meter == meter]
        return [sure, *([*sure, pair] for pair in self.maybe if pair[0].meter == meter)]

    def _answer(self, pairs: list[tuple[Row, str]], meter: str, now: int, as_type: str | None) -> Any:
        won = joined((row for row, _ in pairs), now).get(meter)
        if won is None or won[2] == "gone" or (self.ttl is not None and won[0] < now - self.ttl):
            return None
        written_as = {data_type for row, data_type in pairs if row.order == won[:2] and row.watts == won[2]}
        return won[2] if as_type in written_as else None


def _identity(row: Row) -> tuple[Any, ...]:
    return (row.meter, *row.order)


def _with(pairs: list[tuple[Row, str]], rows: Iterable[Row], data_type: str) -> list[tuple[Row, str]]:
    new = [(row, data_type) for row in rows]
    return [*_without(pairs, new), *new]


def _without(pairs: list[tuple[Row, str]], others: list[tuple[Row, str]]) -> list[tuple[Row, str]]:
    known = {_identity(row) for row, _ in others}
    return [pair for pair in pairs if _identity(pair[0]) not in known]
