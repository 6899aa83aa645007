"""Many random histories side by side in the same tables: a Spark job costs seconds, so one job tries them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histories import histories
from hypothesis import HealthCheck, Phase, given, settings

if TYPE_CHECKING:
    from engines import History

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
    """The same history with the number in every key; the first keeps its keys, so that odd ones are tried too."""

    def moved(column: str, value: Any) -> Any:
        if column not in KEYS or value is None or number == 0:
            return value
        return f"{value}#{number}" if isinstance(value, str) else value + 1000 * number

    return {
        name: [{column: moved(column, value) for column, value in row.items()} for row in rows]
        for name, rows in history.items()
    }


def together(parts: list[History]) -> History:
    """One history of all rows."""
    return {name: [row for part in parts for row in part[name]] for name in parts[0]}
