"""The forms of the join under test, and what the consumer project's training sets should hold."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from oracle import View, training_set

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engines import Engine, History

READINGS = View(
    join_keys={"sensor_id": "sensor_id"},
    event_timestamp="event_at",
    created_timestamp="known_at",
    ttl_seconds=3600,
    tombstone="is_deleted",
    features=["level", "label", "ratio"],
    defaults={"level": -1, "label": "none's"},
)
PAIRS = View({"left_id": "left_id", "right_id": "right_id"}, "event_at", ["score", "remark"], ttl_seconds=3600)
ORIGIN = View({"place": "origin"}, "valid_from", ["height"], prefix="origin_")
DESTINATION = View({"place": "destination"}, "valid_from", ["height"], prefix="destination_")

# Model -> its views with the table of each, and whether the created cut-off applies.
VIEWS_OF = {
    "training": ([(READINGS, "readings"), (PAIRS, "pairs"), (ORIGIN, "constants"), (DESTINATION, "constants")], True),
    "training_without_cutoff": ([(READINGS, "readings")], False),
}


# Model -> its features, in the order asked for.
FEATURES_OF = {
    "training": ["level", "label", "ratio", "score", "origin_height", "remark", "destination_height"],
    "training_without_cutoff": ["level", "label", "ratio"],
}


class Form(NamedTuple):
    """How the join is rendered, and which types the timestamps have."""

    target: str
    spine: str = "timestamp"
    view: str = "timestamp"
    variables: Mapping[str, Any] = MappingProxyType({})


FORMS = {
    "duckdb: asof": Form("duckdb"),
    "duckdb: asof, zoned views": Form("duckdb", "timestamp", "timestamptz"),
    "duckdb: asof, zoned spine": Form("duckdb", "timestamptz", "timestamp"),
    "duckdb: asof, nanoseconds": Form("duckdb", "timestamp_ns", "timestamp_ns"),
    "duckdb: window": Form("duckdb", variables={"window_form": True}),
    "postgres: window": Form("postgres"),
    "postgres: window, zoned": Form("postgres", "timestamptz", "timestamptz"),
    "postgres: lateral": Form("postgres", variables={"indexed": True}),
    "postgres: lateral, zoned views": Form("postgres", "timestamp", "timestamptz", {"indexed": True}),
    "postgres: lateral, zoned spine": Form("postgres", "timestamptz", "timestamp", {"indexed": True}),
}


def disagreement(engine: Engine, sql: Mapping[str, str], history: History) -> str | None:
    """What the first training set that differs from the nested loop holds instead; None where all agree."""
    engine.load(history)
    for model, (views, cutoff) in VIEWS_OF.items():
        got = engine.query(sql[model])
        sides = [(view, history[table]) for view, table in views]
        expected = training_set(history["spine"], "observed_at", sides, known_at_cutoff=cutoff)
        if canonical(got) != canonical(expected):
            return f"{model}: expected {expected}, got {got}"
        if got and list(got[0])[-len(FEATURES_OF[model]) :] != FEATURES_OF[model]:
            return f"{model}: expected the features {FEATURES_OF[model]} last, got {list(got[0])}"
    return None


def canonical(rows: list[dict[str, Any]]) -> list[str]:
    """Rows in an order of their own, columns by name, NaN equal to itself."""
    return sorted(repr(sorted(row.items())) for row in rows)
