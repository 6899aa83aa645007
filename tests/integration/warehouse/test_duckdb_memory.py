"""How much of the machine DuckDB may take: little for a sync, all of it for a training set, or what the target says."""

from __future__ import annotations

import duckdb
import pytest

from featurectl.training.duckdb import DuckDBEngine
from featurectl.warehouse.duckdb import DuckDBWarehouse
from featurectl.warehouse.profile import Target

SHOWN = "select current_setting('memory_limit'), current_setting('threads')"


def shown(reading):
    """What the connection of a reading may take."""
    return reading._execute(SHOWN).fetchone()


@pytest.fixture
def of(tmp_path):
    """A function that makes a warehouse of a class with the settings of a target."""
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        machine = connection.execute(SHOWN).fetchone()

    def made(kind, settings):
        target = Target("shop", "dev", True, "duckdb", {"path": "shop.duckdb", "settings": settings}, "profiles.yml")
        return kind(target, tmp_path)

    made.machine = machine
    return made


def test_a_sync_has_one_thread_for_each_more_would_want_memory_of_its_own(of):
    """With four, the newest rows of 3M entities with two rows each did not fit into the limit, and the sync failed."""
    with of(DuckDBWarehouse, {"threads": 4}).reading() as reading:
        assert shown(reading) == ("61.0 MiB", 1)


def test_a_target_that_gives_more_memory_gives_all_threads(of):
    with of(DuckDBWarehouse, {"memory_limit": "1GiB"}).reading() as reading:
        assert shown(reading) == ("1.0 GiB", of.machine[1])


def test_a_training_set_has_the_machine(of):
    with of(DuckDBEngine, {}).session(None) as session:
        assert session._connection.execute(SHOWN).fetchone() == of.machine


def test_readings_at_once_share_one_limit_that_grows_with_them(of):
    """DuckDB has one for a file in a process: four views of 4M entities at a time did not fit into what one needs."""
    warehouse = of(DuckDBWarehouse, {})
    with warehouse.reading() as first, warehouse.reading() as second:
        assert shown(first) == shown(second) == ("122.0 MiB", 1)
    with warehouse.reading() as alone:
        assert shown(alone) == ("61.0 MiB", 1)
    given = of(DuckDBWarehouse, {"memory_limit": "1GiB"})
    with given.reading() as first, given.reading():
        assert shown(first)[0] == "1.0 GiB"
