"""What `verify` costs: the newest rows of the warehouse once, and one stream of MGETs, whatever the number of entities."""

from __future__ import annotations

from contextlib import closing

import pytest
import redis
from lab import HOUR, KEYS, SECOND, START, Lab, Row

from featurectl.inspection.reader import MGET_KEYS, OnlineReader
from featurectl.inspection.verify import verify_view
from featurectl.warehouse.duckdb import DuckDBReading

ENTITIES = 12 * MGET_KEYS + 345  # several batches, the last one short
STATE_READS = 2  # before, for the watermark, and after, to see that no sync came between
# What a client says when it connects, and what we ask the server about its counts with.
TALK = {"hello", "client|setinfo", "client|setname", "select", "auth", "ping", "info", "config|resetstat"}


@pytest.fixture
def published(redis_url, tmp_path):
    """A lab whose every entity is in a Valkey store, each with two rows in the warehouse."""
    lab = Lab(tmp_path, redis_url)
    lab.build(Row(f"m{index}", hour * HOUR, None, index) for index in range(ENTITIES) for hour in range(2))
    assert lab.sync(2 * HOUR).succeeded
    return lab


@pytest.fixture
def asked(monkeypatch):
    """The questions that the warehouse is asked from now on, in order."""
    questions = []

    def note(name, answer):
        def noted(reading, *given):
            questions.append(name)
            return answer(reading, *given)

        monkeypatch.setattr(DuckDBReading, name, noted)

    for name in ("latest_rows", "stock", "loads", "load_total", "digests"):
        note(name, getattr(DuckDBReading, name))
    return questions


@pytest.mark.parametrize("sample", [None, 50])
def test_a_view_costs_one_question_of_the_warehouse_and_one_stream_of_mgets(published, asked, sample):
    """Of all entities, or of a sample: no key is asked for twice, and no command is sent for a single row."""
    with redis.Redis.from_url(published.url) as admin, closing(OnlineReader(published.url, KEYS)) as reader:
        admin.config_resetstat()
        found = verify_view(
            published.view, published.warehouse(), reader, sample=sample, as_of_us=START + 2 * HOUR + SECOND
        )
        calls = {name.removeprefix("cmdstat_"): count["calls"] for name, count in admin.info("commandstats").items()}
        counted = admin.info("stats")

    rows = sample or ENTITIES
    assert (found.succeeded, found.rows, found.outcomes["equal"]) == (True, rows, rows)
    assert asked == ["latest_rows"]
    assert calls.pop("mget") == -(-rows // MGET_KEYS) + STATE_READS
    assert counted["keyspace_hits"] + counted["keyspace_misses"] == rows + STATE_READS
    scans = calls.pop("scan", 0)
    assert bool(scans) == (sample is None), "only --all looks for keys that the warehouse lacks"
    assert scans < ENTITIES / 100
    assert {name for name in calls if name not in TALK} == set()
