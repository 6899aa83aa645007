"""Random spines and histories, dense around every bound of the rule."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

START = datetime(2024, 3, 10, 6, 30)  # the spring change of New York's clocks is half an hour away
HOUR_US = 3_600_000_000

# Few distinct instants, so that ties, exact TTL bounds and their neighbours by one microsecond come up all the time.
offsets = st.sampled_from(
    [hours * HOUR_US + jitter for hours in (-2, -1, 0, 1, 2) for jitter in (-1, 0, 1)] + [HOUR_US // 2]
)
instants = offsets.map(lambda offset: START + timedelta(microseconds=offset))
days = st.integers(-2, 2).map(lambda offset: date(2024, 3, 10) + timedelta(days=offset))
sensors = st.sampled_from([1, 2, None])
# (1, 11) and (11, 1) must not be mixed up.
halves = st.sampled_from([1, 11, 111, None])
places = st.sampled_from(["EWR", "", "a|b", "Zürich", "ewr", None])

spine_rows = st.fixed_dictionaries(
    {
        "row_id": st.integers(0, 3),
        "observed_at": st.one_of(st.none(), instants, instants, instants),
        "sensor_id": sensors,
        "left_id": halves,
        "right_id": halves,
        "origin": places,
        "destination": places,
    }
)
reading_rows = st.fixed_dictionaries(
    {
        "sensor_id": sensors,
        "event_at": st.one_of(instants, instants, instants, st.none()),
        "known_at": st.one_of(instants, instants, st.none()),
        "is_deleted": st.sampled_from([None, False, False, False, True]),
        "batch": st.integers(0, 9),
        "level": st.sampled_from([None, -1, 0, 1]),
        "label": st.sampled_from([None, "", "a", "B", "b", "ä"]),
        "ratio": st.sampled_from([None, 0.5, float("nan"), float("inf")]),
    }
)
pair_rows = st.fixed_dictionaries(
    {
        "left_id": halves,
        "right_id": halves,
        "event_at": st.one_of(instants, instants, st.none()),
        "score": st.sampled_from([None, 1, 2]),
        "remark": st.sampled_from([None, "x", "y"]),
    }
)
constant_rows = st.fixed_dictionaries(
    {
        "place": places,
        "valid_from": st.one_of(days, days, st.none()),
        "height": st.sampled_from([None, 1, 2]),
    }
)

histories: st.SearchStrategy[dict[str, list[dict[str, Any]]]] = st.fixed_dictionaries(
    {
        "spine": st.lists(spine_rows, max_size=6),
        "readings": st.lists(reading_rows, max_size=12),
        "pairs": st.lists(pair_rows, max_size=8),
        "constants": st.lists(constant_rows, max_size=6),
    }
)
