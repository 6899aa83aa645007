"""On every engine, in every form, a training set equals the brute-force loop, row for row, on random histories."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from engines import DuckDB, Engine, Postgres
from histories import histories
from hypothesis import given, settings
from oracle import View, training_set

if TYPE_CHECKING:
    from collections.abc import Mapping

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


class Case(NamedTuple):
    """An engine with the SQL that dbt compiled for it."""

    engine: Engine
    sql: dict[str, str]


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


@pytest.fixture(scope="module", params=FORMS.values(), ids=FORMS.keys())
def case(request, consumer, postgres_uri):
    form: Form = request.param
    environment = consumer.environment | {"CONSUMER_PG_HOST": postgres_uri.partition("host=")[2]}
    variables = {**form.variables, "timestamp_type": form.view}
    sql = replace(consumer, target=form.target, variables=variables, environment=environment).compiled()
    assert ("lateral" in sql["training"]) == ("indexed" in form.variables)
    assert ("asof" in sql["training"]) == (form.target == "duckdb" and "window_form" not in form.variables)
    types = {"spine": form.spine, "view": form.view}
    with closing(DuckDB(**types) if form.target == "duckdb" else Postgres(postgres_uri, **types)) as engine:
        yield Case(engine, sql)


def canonical(rows: list[dict[str, Any]]) -> list[str]:
    """Rows in an order of their own, columns by name, NaN equal to itself."""
    return sorted(repr(sorted(row.items())) for row in rows)


@given(history=histories)
@settings(deadline=None)
def test_a_training_set_equals_the_nested_loop(case, history):
    """Composite keys, a view used twice, TTL, cut-off, ties, tombstones, defaults: one row per spine row, values exact."""
    case.engine.load(history)

    got = case.engine.query(case.sql["training"])

    views = [
        (READINGS, history["readings"]),
        (PAIRS, history["pairs"]),
        (ORIGIN, history["constants"]),
        (DESTINATION, history["constants"]),
    ]
    assert canonical(got) == canonical(training_set(history["spine"], "observed_at", views))


@given(history=histories)
@settings(deadline=None)
def test_without_the_cut_off_created_timestamps_only_settle_ties(case, history):
    case.engine.load(history)

    got = case.engine.query(case.sql["training_without_cutoff"])

    expected = training_set(history["spine"], "observed_at", [(READINGS, history["readings"])], known_at_cutoff=False)
    assert canonical(got) == canonical(expected)
