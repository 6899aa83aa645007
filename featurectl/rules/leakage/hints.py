"""How to mend what several rules find."""

from __future__ import annotations

ALL_TIME_HINT = "Aggregate up to each row: `featurectl.rolling_window`, a window that ends at `current row`, or a join on `<=` of the instants."
CURRENT_HINT = (
    "Join what was true then: a dbt snapshot by its validity range, or a model with `event_time` by `<=`. "
    "Declare `event_time` if it keeps history; accept the finding if its rows never change."
)
