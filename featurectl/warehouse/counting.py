"""What a warehouse holds, in numbers: the readings of all engines, which differ in how they run a query."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from featurectl.warehouse import queries
from featurectl.warehouse.base import Digest, Loads, Stock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot import exp

    from featurectl.registry import FeatureView
    from featurectl.warehouse.queries import Dialect


class CountingReading(ABC):
    """The part of a `Reading` that answers with a few numbers.

    Args:
        dialect: The engine's.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    @abstractmethod
    def now_us(self) -> int:
        """The warehouse's clock, UTC microseconds since 1970."""

    @abstractmethod
    def _all(self, query: exp.Expression) -> list[Any]:
        """Every row of the answer.

        Raises:
            WarehouseError: The query failed.
        """

    def _has_null_keys(self, view: FeatureView) -> bool:  # noqa: ARG002 - an engine may know
        """Whether a join key may be null; False only where the engine can tell at once that none is."""
        return True

    def stock(self, view: FeatureView, now_us: int) -> Stock:
        """What the view holds at an instant."""
        has_null_keys = self._has_null_keys(view)
        (row,) = self._all(queries.stock(view, self._dialect, now_us, has_null_keys=has_null_keys))
        return _stock(row)

    def loads(self, view: FeatureView, now_us: int, since_us: int, known_by_us: int) -> Loads:
        """The stock, and how many rows were loaded when."""
        newest_us = self._newest_load(view)
        until_us = None if newest_us is None else newest_us - view.lookback_seconds * 1_000_000
        instants = (now_us, since_us if until_us is None else until_us, since_us, known_by_us)
        (row,) = self._all(queries.loads(view, self._dialect, *instants, has_null_keys=self._has_null_keys(view)))
        return Loads(_stock(row[:4]), until_us, *map(int, row[4:]))

    def load_total(self, view: FeatureView, loaded_us: int) -> int:
        """The sum, modulo 2^64, of one number a row over the rows that were loaded at an instant."""
        ((total,),) = self._all(queries.load_total(view, self._dialect, loaded_us))
        return int(total or 0) % 2**64

    def _newest_load(self, view: FeatureView) -> int | None:
        clock_us = self.now_us()
        ((newest,),) = self._all(queries.newest_load(view, self._dialect))
        if newest is None or int(newest) > clock_us:
            ((newest,),) = self._all(queries.newest_load(view, self._dialect, clock_us))
        return None if newest is None else int(newest)

    def digests(self, view: FeatureView, now_us: int, width_us: int, bounds_us: Sequence[int]) -> list[Digest]:
        """What the due rows with a <= the last bound are, by stretches of a."""
        rows = self._all(queries.digests(view, self._dialect, now_us, width_us, bounds_us))
        return [Digest(*map(int, row)) for row in rows]


def _stock(row: Sequence[Any]) -> Stock:
    rows, due, null_keys, watermark = row
    return Stock(int(rows), int(due), int(null_keys), None if watermark is None else int(watermark))
