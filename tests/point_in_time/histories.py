"""Random spines and histories, dense around every bound of the rule: small ones that shrink, large ones from a seed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from random import Random

START = datetime(2024, 3, 10, 6, 30)  # the spring change of New York's clocks is half an hour away
HOUR_US = 3_600_000_000

# Few distinct instants, so that ties, exact TTL bounds and their neighbours by one microsecond come up all the time, and
# quarters of one hour, so that several rows within the TTL become known one after the other.
OFFSETS = [hours * HOUR_US + jitter for hours in (-1, 0, 1) for jitter in (-1, 0, 1)]
OFFSETS += [quarter * HOUR_US // 4 for quarter in (1, 2, 3, 6)]
INSTANTS = [START + timedelta(microseconds=offset) for offset in OFFSETS]
instants = st.sampled_from(INSTANTS)
DAYS = [date(2024, 3, 8) + timedelta(days=offset) for offset in range(5)]
# One key is much more frequent than the others: most questions are about rows that compete.
SENSORS = [1, 1, 1, 1, 2, None]
# (1, 11) and (11, 1) must not be mixed up.
HALVES = [1, 1, 1, 11, 11, None]
PLACES = ["EWR", "EWR", "EWR", "", "a|b", "Zürich", "ewr", None]

# Table -> column -> the values it may have, the frequent ones more than once.
POOLS: dict[str, dict[str, list[Any]]] = {
    "spine": {
        "row_id": [0, 1, 2, 3],
        "observed_at": [*INSTANTS, None],
        "sensor_id": SENSORS,
        "left_id": HALVES,
        "right_id": HALVES,
        "origin": PLACES,
        "destination": PLACES,
    },
    "readings": {
        "sensor_id": SENSORS,
        "event_at": [*INSTANTS, None],
        "known_at": [*INSTANTS, None, None],
        "is_deleted": [None, False, False, False, False, True],
        "batch": [0, 1],
        "level": [None, 0, 0, 0, 1],
        "label": [None, "", "a", "a", "a", "a", "B", "ä"],
        "ratio": [None, 0.5, 0.5, 0.5, float("nan"), float("inf")],
    },
    "pairs": {
        "left_id": HALVES,
        "right_id": HALVES,
        "event_at": [*INSTANTS, None],
        "score": [None, 1, 2],
        "remark": [None, "x", "y"],
    },
    "constants": {
        "place": PLACES,
        "valid_from": [*DAYS, None],
        "height": [None, 1, 2],
    },
}


def _table(name: str, most: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    row = st.fixed_dictionaries({column: st.sampled_from(values) for column, values in POOLS[name].items()})
    # Hypothesis alone makes long lists rarely.
    return st.one_of(st.lists(row, max_size=most), st.lists(row, min_size=most // 2, max_size=most))


histories: st.SearchStrategy[dict[str, list[dict[str, Any]]]] = st.fixed_dictionaries(
    {
        "spine": _table("spine", 6),
        "readings": _table("readings", 16),
        "pairs": _table("pairs", 12),
        "constants": _table("constants", 6),
    }
)


def large_history(random: Random) -> dict[str, list[dict[str, Any]]]:
    """A history large enough that one query meets most of the rule's cases; it does not shrink."""
    sizes = {"spine": 60, "readings": random.choice([10, 30, 60]), "pairs": 40, "constants": 12}
    history = {
        name: [{column: random.choice(values) for column, values in POOLS[name].items()} for _ in range(size)]
        for name, size in sizes.items()
    }
    # Chance alone hardly ever makes rows that differ in the tombstone and in nothing else.
    readings = history["readings"]
    readings += [row | {"is_deleted": not row["is_deleted"]} for row in readings[: len(readings) // 4]]
    return history
