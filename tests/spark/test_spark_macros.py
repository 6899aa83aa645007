"""On Spark, the macros about one view give what plain loops over the same histories give."""

from __future__ import annotations

import os

import pytest
from forms import canonical
from many_histories import drawn, together
from oracle_of_latest import VIEWS, latest
from oracle_of_spines import instants, pairs_spine, readings_spine
from oracle_of_splits import documented_split
from oracle_of_windows import rolling_training

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")]

HISTORIES = int(os.environ.get("FEATURECTL_EXAMPLES", "200"))
ENGINE_TYPES = {"string_type": "string", "double_type": "double"}
MODELS = ["+latest_readings", "+latest_pairs", "+latest_constants", "readings_spine", "pairs_spine", "split_spine"]


@pytest.fixture(scope="module", params=["timestamp_ntz", "timestamp"], ids=["naive", "zoned"])
def built(request, cluster, spark_consumer):
    """Histories loaded side by side, and the models built by `dbt run`."""
    history = together(drawn(HISTORIES))
    cluster.load(history, spine=request.param, view=request.param)
    variables = {**ENGINE_TYPES, "timestamp_type": request.param}
    cluster.dbt(spark_consumer, variables, "run", "--select", *MODELS, "+rolling_training")
    return history


@pytest.mark.parametrize("name", VIEWS)
def test_latest_is_the_whole_winner_of_each_entity(built, cluster, name):
    assert canonical(cluster.rows(f"main.latest_{name}")) == canonical(latest(name, built))


def test_rolling_windows_count_what_was_known(built, cluster):
    assert canonical(cluster.rows("main.rolling_training")) == canonical(rolling_training(built))


def test_a_grid_goes_from_the_first_visible_row_to_its_end(built, cluster):
    assert instants(cluster.rows("main.readings_spine")) == readings_spine(built)
    assert instants(cluster.rows("main.pairs_spine")) == pairs_spine(built)


def test_splits_are_those_of_the_documented_rule(built, cluster, tmp_path):
    split = documented_split(tmp_path)
    rows = cluster.rows("main.split_spine")
    assert len(rows) == len(built["spine"])
    for row in rows:
        assert row["by_sensor"] == split([row["sensor_id"]], {"train": 0.8, "test": 0.2})
        assert row["by_pair"] == split([row["left_id"], row["right_id"]], {"train": 3, "it's": 2, "test": 1}, "o'clock")
        assert row["by_origin"] == split([row["origin"]], {"train": 0.5, "test": 0.5}, "2013")
