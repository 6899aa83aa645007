"""The running example: a flight's look-up at its scheduled departure is its training row."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest
from click.testing import CliRunner
from exactly import exactly, training_rows

from featurectl.cli import main
from serving import FeatureStore

INSTANT = datetime(2013, 7, 1, 18)
NAMESPACE = "featurectl:dev"
KEYS = ("tailnum", "carrier", "origin", "dest")
SPINE_COLUMNS = "flight_id varchar, tailnum varchar, carrier varchar, origin varchar, dest varchar, scheduled_departure timestamp, is_late boolean"


@pytest.fixture(scope="module")
def flights_store(flights_project, tmp_path_factory):
    """The URL of an embedded store, synced as of the instant."""
    url = f"sqlite://{tmp_path_factory.mktemp('flights')}/online.db"
    folder = str(flights_project.project_dir)
    arguments = ["--as-of", INSTANT.isoformat(), "--project-dir", folder, "--profiles-dir", folder]
    done = CliRunner().invoke(main, ["sync-online", *arguments, "--online-store", url], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return url


def look_up(url, flights):
    with FeatureStore.from_url(url, namespace=NAMESPACE, as_of=INSTANT) as client:
        answer = client.get_online_features("late_arrival_model", [{key: row[key] for key in KEYS} for row in flights])
    return answer.to_rows()


def flights(project, condition):
    with duckdb.connect(str(project.duckdb_path), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        cursor = connection.execute(f"select * from late_arrival_training where {condition} order by flight_id")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def assert_equal(answers, expected):
    features = [name for name in answers[0] if name not in KEYS]
    assert features == list(expected[0])[-len(features) :]
    for got, row in zip(answers, expected, strict=True):
        assert {name: exactly(got[name]) for name in features} == {name: exactly(row[name]) for name in features}


def test_flights_scheduled_at_the_instant_answer_their_training_rows(flights_project, flights_store):
    """The row the model was trained on, as dbt built it, is what it is served."""
    expected = flights(flights_project, f"scheduled_departure = '{INSTANT}'")
    assert expected, "no flight at this instant: the claim would be empty"

    assert_equal(look_up(flights_store, expected), expected)


def test_flights_of_another_time_answer_the_training_set_at_the_instant(flights_project, flights_store):
    """Some hundred flights of the whole year, asked for at one instant: the macro's output for that spine."""
    sample = flights(flights_project, "hash(flight_id) % 700 = 0")
    assert len(sample) > 300
    (compiled,) = (flights_project.target_dir / "compiled").rglob("late_arrival_training.sql")
    spine = [(str(row["flight_id"]), *(row[key] for key in KEYS), INSTANT, None) for row in sample]

    expected = training_rows(
        flights_project.duckdb_path,
        compiled.read_text(),
        spine='"flights"."main"."late_arrival_labels"',
        columns=SPINE_COLUMNS,
        rows=spine,
    )

    answers = look_up(flights_store, expected)
    assert_equal(answers, expected)
    assert len({str(row) for row in answers}) > 200, "the sample must not answer nulls alone"


def test_a_client_may_give_the_instant_in_any_zone(flights_project, flights_store):
    expected = flights(flights_project, f"scheduled_departure = '{INSTANT}'")
    with FeatureStore.from_url(flights_store, namespace=NAMESPACE, as_of=INSTANT.replace(tzinfo=UTC)) as client:
        answer = client.get_online_features("late_arrival_model", [{key: row[key] for key in KEYS} for row in expected])
    assert answer.to_rows() == look_up(flights_store, expected)
