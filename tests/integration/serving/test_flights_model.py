"""The flights model: what it is served scores as what it was trained on."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

sys.path.append(str(Path(__file__).resolve().parents[1] / "online"))

from exactly import training_rows

from featurectl.cli import main
from serving import FeatureStore

INSTANT = datetime(2013, 7, 1, 18)
KEYS = ("tailnum", "carrier", "origin", "dest")
SPINE = (
    *("flight_id varchar", "tailnum varchar", "carrier varchar", "origin varchar", "dest varchar"),
    *("scheduled_departure timestamp", "is_late boolean"),
)
SERVICE = "late_arrival_model"


def query(project, sql):
    """Rows of the warehouse as dicts."""
    with duckdb.connect(str(project.duckdb_path), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def matrix(rows):
    """The features of training rows as the training set orders them, text and nulls as they are."""
    return np.array([list(row.values())[len(SPINE) :] for row in rows], dtype=object)


@pytest.fixture(scope="module")
def model(flights_project):
    """A classifier of the training set's features by their places, which alone tell it which is which."""
    rows = query(flights_project, "select * from late_arrival_training where hash(flight_id) % 30 = 0")
    manufacturer = list(rows[0]).index("manufacturer") - len(SPINE)
    codes = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=np.nan, encoded_missing_value=np.nan, dtype=np.float64
    )
    numbered = ColumnTransformer([("manufacturer", codes, [manufacturer])], remainder="passthrough")
    classifier = make_pipeline(numbered, HistGradientBoostingClassifier(max_iter=30, random_state=1))
    return classifier.fit(matrix(rows), [row["is_late"] for row in rows])


@pytest.fixture(scope="module")
def client(flights_project, tmp_path_factory):
    """A client of a store that was synced as of the instant, whose now is the instant."""
    url = f"sqlite://{tmp_path_factory.mktemp('model')}/online.db"
    folder = str(flights_project.project_dir)
    arguments = ["--as-of", INSTANT.isoformat(), "--project-dir", folder, "--profiles-dir", folder]
    done = CliRunner().invoke(main, ["sync-online", *arguments, "--online-store", url], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    with FeatureStore.from_url(url, namespace="featurectl:dev", as_of=INSTANT) as store:
        yield store


def scores(model, features):
    return model.predict_proba(features)[:, 1].tolist()


def served(client, rows):
    """What the client answers for the same entities, as the model takes it."""
    answer = client.get_online_features(SERVICE, [{key: row[key] for key in KEYS} for row in rows])
    assert list(answer.feature_names) == list(rows[0])[len(SPINE) :]
    return answer.to_numpy(dtype=object)


def test_flights_of_the_instant_score_as_in_the_training_set(flights_project, model, client):
    """The very rows that dbt built, found again at their scheduled departure."""
    rows = query(
        flights_project,
        f"select * from late_arrival_training where scheduled_departure = '{INSTANT}' order by flight_id",
    )
    assert rows, "no flight at this instant: the claim would be empty"
    assert scores(model, served(client, rows)) == scores(model, matrix(rows))


def test_any_flight_scores_alike_offline_and_online_at_the_instant(flights_project, model, client):
    """Nulls and defaults included: flights of the whole year, and aircraft and airports that nothing is known of."""
    sample = query(flights_project, "select * from late_arrival_labels where hash(flight_id) % 700 = 0")
    spine = [(str(row["flight_id"]), *(row[key] for key in KEYS), INSTANT, None) for row in sample]
    spine += [("x1", "N00000", "ZZ", "XXX", "YYY", INSTANT, None), ("x2", None, "UA", "EWR", None, INSTANT, None)]
    (compiled,) = (flights_project.target_dir / "compiled").rglob("late_arrival_training.sql")
    rows = training_rows(
        flights_project.duckdb_path,
        compiled.read_text(),
        spine='"flights"."main"."late_arrival_labels"',
        columns=", ".join(SPINE),
        rows=spine,
    )
    offline, online = matrix(rows), served(client, rows)
    assert online.tolist() == offline.tolist()
    expected = scores(model, offline)
    assert scores(model, online) == expected
    assert len(set(expected)) > 200, "a model that tells flights apart"
    assert rows[-1]["plane_flights_count_7d"] == 0, "a default"
    assert rows[-1]["manufacturer"] is None, "a null"
