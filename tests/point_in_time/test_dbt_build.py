"""The macros in a project that installs the package: unit tests at every bound, generic tests that find what they look for."""

from __future__ import annotations

import duckdb
import pytest

RAW = """
create table raw_spine as select i as row_id, timestamp '2024-01-02 12:00:00' + to_minutes(i::integer) as observed_at,
    i % 7 as sensor_id, 1 as left_id, i % 3 as right_id, 'EWR' as origin, 'IAH' as destination from range(200) as t(i);
create table raw_readings as select (i % 7)::bigint as sensor_id, timestamp '2024-01-02 11:00:00' + to_minutes(i::integer) as event_at,
    timestamp '2024-01-02 11:00:00' + to_minutes((i + i % 13)::integer) as known_at, i % 29 = 0 as is_deleted, i::bigint as batch,
    i::bigint as level, 'x' || i as label, i / 7 as ratio from range(300) as t(i);
create table raw_pairs as select 1::bigint as left_id, (i % 3)::bigint as right_id,
    timestamp '2024-01-02 11:00:00' + to_minutes(i::integer) as event_at, i::bigint as score, 'r' as remark from range(100) as t(i);
create table raw_constants as select 'EWR' as place, date '2024-01-01' as valid_from, 3::bigint as height;
"""


@pytest.fixture(scope="module")
def built(consumer):
    """The consumer project, built with every test under --warn-error on data with late rows and tombstones."""
    with duckdb.connect(str(consumer.duckdb_path)) as connection:
        connection.execute(RAW)
    consumer.dbt("--warn-error", "build")
    return consumer


def test_the_project_builds_and_all_its_tests_pass(built):
    """The unit tests at the bounds, the generic tests on each view, no leakage in either training set."""
    output = built.dbt("--warn-error", "build").stdout
    assert "17 unit tests" in output
    assert "ERROR=0 SKIP=0" in output


def test_an_installing_project_sees_none_of_our_nodes(built):
    listed = built.dbt("--quiet", "ls", "--resource-type", "all", "--output", "name").stdout.split()
    assert "training" in listed
    names = built.dbt("--quiet", "ls", "--resource-type", "all", "--output", "selector").stdout
    assert "featurectl." not in names.replace("consumer.", "")


DAMAGE = {
    "no_leakage_training_500": "update training set level = level + 1 where row_id = (select min(row_id) from training where level > 0)",
    "one_row_per_spine_row": "insert into training select * from training where row_id = 5",
    "unique_feature_rows_pairs": "insert into raw_pairs select * from raw_pairs limit 1",
    # A null known_at means known at the event: this ties with the row that says so.
    "unique_feature_rows_readings": "insert into raw_readings select sensor_id, event_at, null, is_deleted, batch, level, label, ratio "
    "from raw_readings where known_at = event_at limit 1",
    "no_future_feature_rows_readings": "update raw_readings set known_at = timestamp '2999-01-01' where level = 7",
    "created_not_before_event_readings": "update raw_readings set known_at = event_at - interval 1 second where level = 8",
    "null_rate_constants": "update raw_constants set height = null",
}


def test_each_generic_test_fails_on_the_damage_it_is_for(built):
    with duckdb.connect(str(built.duckdb_path)) as connection:
        for statement in DAMAGE.values():
            connection.execute(statement)

    done = built.dbt("test", "--select", "test_type:generic", check=False)

    failed = {line.split("FAIL ")[1].split()[1] for line in done.stdout.splitlines() if "FAIL " in line}
    expected = {name for name in DAMAGE if any(name in failure for failure in failed)}
    assert expected == set(DAMAGE), done.stdout
    assert len(failed) == len(DAMAGE), done.stdout
