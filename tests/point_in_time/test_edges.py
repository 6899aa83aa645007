"""Instants that Python cannot say: infinities, and nanoseconds before 1970."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from engines import DuckDB, Postgres
from forms import FORMS

NAMES = ["duckdb: asof", "duckdb: window", "postgres: window", "postgres: lateral"]

# `pairs` has a TTL, `constants` has none.
INFINITE = """
insert into spine (row_id, observed_at, left_id, right_id, origin) values
    (1, timestamp '2024-01-02 12:00:00', 1, 11, 'EWR'),
    (2, timestamp 'infinity', 1, 11, 'EWR'),
    (3, timestamp '-infinity', 1, 11, 'EWR'),
    (4, timestamp '2024-01-02 12:00:00', 2, 11, 'LGA');
insert into pairs (left_id, right_id, event_at, score) values
    (1, 11, timestamp '2024-01-02 11:30:00', 5),
    (1, 11, timestamp 'infinity', 98),
    (1, 11, timestamp '-infinity', 99);
insert into constants (place, valid_from, height) values ('EWR', date '2024-01-01', 7), ('LGA', date '-infinity', 99);
insert into readings (sensor_id, event_at, known_at, level) values (1, timestamp '2024-01-02 11:30:00', timestamp '-infinity', 99);
update spine set sensor_id = 1;
"""


@pytest.fixture(scope="module", params=NAMES)
def case(request, consumer, postgres_uri):
    form = FORMS[request.param]
    environment = consumer.environment | {"CONSUMER_PG_HOST": postgres_uri.partition("host=")[2]}
    sql = replace(consumer, target=form.target, variables=dict(form.variables), environment=environment).compiled()
    types = {"spine": form.spine, "view": form.view}
    with closing(DuckDB(**types) if form.target == "duckdb" else Postgres(postgres_uri, **types)) as engine:
        yield engine, sql


def test_an_infinite_time_matches_nothing_on_either_side(case):
    engine, sql = case
    for statement in filter(str.strip, INFINITE.split(";")):
        engine.connection.execute(statement)

    query = f"select row_id, score, origin_height, level from ({sql['training']}) as answer order by row_id"
    rows = [tuple(row.values()) for row in engine.query(query)]

    assert rows == [(1, 5, 7, -1), (2, None, None, -1), (3, None, None, -1), (4, None, None, -1)]


def test_nanoseconds_are_floored_before_1970_too(consumer):
    """A row half a microsecond before the spine's instant is of the microsecond before it, never of the same one."""
    sql = replace(consumer, variables={"timestamp_type": "timestamp_ns"}).compiled()
    with closing(DuckDB(spine="timestamp_ns", view="timestamp_ns")) as engine:
        engine.connection.execute(
            "insert into spine (row_id, observed_at, left_id, right_id) values "
            "(1, '1969-12-31 23:59:59.999998500'::timestamp_ns, 1, 11)"
        )
        engine.connection.execute(
            "insert into pairs (left_id, right_id, event_at, score) values "
            "(1, 11, '1969-12-31 23:59:59.999998000'::timestamp_ns, 5), (1, 11, '1969-12-31 23:59:59.999999000'::timestamp_ns, 99)"
        )
        (row,) = engine.query(f"select score from ({sql['training']}) as answer")
    assert row == {"score": 5}


@pytest.mark.parametrize("name", ["duckdb: asof", "postgres: lateral", "postgres: window"])
def test_a_date_in_the_spine_is_its_first_instant_in_utc(name, consumer, postgres_uri):
    """In a session west of Greenwich that instant is of the day before: the zone must not count."""
    form = FORMS[name]
    environment = consumer.environment | {"CONSUMER_PG_HOST": postgres_uri.partition("host=")[2]}
    sql = replace(consumer, target=form.target, variables=dict(form.variables), environment=environment).compiled()
    types = {"spine": "date", "view": form.view}
    with closing(DuckDB(**types) if form.target == "duckdb" else Postgres(postgres_uri, **types)) as engine:
        engine.connection.execute(
            "insert into spine (row_id, observed_at, left_id, right_id) values (1, date '2024-01-02', 1, 11)"
        )
        engine.connection.execute(
            "insert into pairs (left_id, right_id, event_at, score) values "
            "(1, 11, timestamp '2024-01-02 00:00:00', 5), (1, 11, timestamp '2024-01-02 00:00:00.000001', 99)"
        )
        (row,) = engine.query(f"select score from ({sql['training']}) as answer")
    assert row == {"score": 5}
