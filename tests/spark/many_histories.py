"""Many random histories side by side in the same tables: a Spark job costs seconds, so one job tries them all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from histories import histories
from hypothesis import HealthCheck, Phase, given, settings

if TYPE_CHECKING:
    from engines import History

# From the middle of the histories, where zoned times see the change, to the middle of the hour 02:00 to 03:00.
SKIPPED_HOUR = timedelta(hours=4)
KEYS = {"row_id", "sensor_id", "left_id", "right_id", "origin", "destination", "place"}


def drawn(count: int) -> list[History]:
    """Random histories, each with keys that no other has."""
    found: list[History] = []

    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(history=histories)
    def draw(history: History) -> None:
        found.append(_apart(history, len(found)))

    draw()
    return found


def _apart(history: History, number: int) -> History:
    """The same history with the number in every key; the first keeps its keys, so that odd ones are tried too.

    Half of the histories move to the hour of the clock that New York skips, which a naive time must not be read by.
    """

    def moved(column: str, value: Any) -> Any:
        if isinstance(value, datetime):
            return value - SKIPPED_HOUR * (number % 2)
        if column not in KEYS or value is None or number == 0:
            return value
        return f"{value}#{number}" if isinstance(value, str) else value + 1000 * number

    return {
        name: [{column: moved(column, row[column]) for column in row} for row in rows] for name, rows in history.items()
    }


def together(parts: list[History]) -> History:
    """One history of all rows."""
    return {name: [row for part in parts for row in part[name]] for name in parts[0]}
