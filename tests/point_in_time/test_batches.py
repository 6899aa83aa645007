"""A training set built in batches, or grown over several runs, equals the one built at once."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest
from consumer import install

DAYS = """
create table raw_spine as select i as row_id, timestamp '2024-01-02 00:00:00' + to_minutes((i * 11)::integer) as observed_at,
    i % 7 as sensor_id, 1 as left_id, i % 3 as right_id, 'EWR' as origin, 'IAH' as destination from range(390) as t(i);
create table raw_readings as select (i % 7)::bigint as sensor_id, timestamp '2024-01-01 22:00:00' + to_minutes(i::integer) as event_at,
    timestamp '2024-01-01 22:00:00' + to_minutes((i + i % 13)::integer) as known_at, i % 29 = 0 as is_deleted, i::bigint as batch,
    i::bigint as level, 'x' || i as label, i / 7 as ratio from range(4500) as t(i);
create table raw_pairs as select 1::bigint as left_id, (i % 3)::bigint as right_id,
    timestamp '2024-01-01 23:30:00' + to_minutes((i * 20)::integer) as event_at, i::bigint as score, 'r' as remark from range(230) as t(i);
create table raw_constants as select 'EWR' as place, date '2023-12-31' as valid_from, 3::bigint as height;
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Three days of spine, features from before the first; every training set built."""
    project = install(tmp_path_factory.mktemp("batches"))
    with duckdb.connect(str(project.duckdb_path)) as connection:
        connection.execute(DAYS)
    models = ["dated_spine", "+training_full", "training_microbatch", "training_incremental"]
    # Three daily batches, and rows appended in two runs.
    project.dbt("run", "--select", *models, "--event-time-start", "2024-01-02", "--event-time-end", "2024-01-05")
    replace(project, variables={"built_until": "2024-01-05"}).dbt("run", "--select", "training_incremental")
    return project


@pytest.mark.parametrize("model", ["training_microbatch", "training_incremental"])
def test_batches_equal_the_full_build(built, model):
    """Dbt cuts a plain ref to a view with an event_time to the batch; the macro reads the whole history."""
    with duckdb.connect(str(built.duckdb_path)) as connection:
        full, found = (connection.sql(f"select * from {name}").fetchall() for name in ("training_full", model))
        known = connection.sql("select count(level), count(score), count(height) from training_full").fetchone()
    assert len(full) == 390
    assert min(known) > 200
    assert sorted(map(repr, found)) == sorted(map(repr, full))
