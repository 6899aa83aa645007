"""On Spark, on executor processes of their own, dbt builds the training set that the brute-force loop says, with one shuffle of each history."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from forms import VIEWS_OF, canonical
from many_histories import drawn, together
from oracle import training_set

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")]

HISTORIES = int(os.environ.get("FEATURECTL_EXAMPLES", "400"))
ENGINE_TYPES = {"string_type": "string", "double_type": "double"}
TYPES = {
    "naive": ("timestamp_ntz", "timestamp_ntz"),
    "zoned": ("timestamp", "timestamp"),
    "naive spine, zoned views": ("timestamp_ntz", "timestamp"),
    "zoned spine, naive views": ("timestamp", "timestamp_ntz"),
}


@pytest.fixture(scope="module", params=TYPES.values(), ids=TYPES.keys())
def built(request, cluster, spark_consumer):
    """Histories loaded, and both training sets built by `dbt run`."""
    spine, view = request.param
    parts = drawn(HISTORIES)
    cluster.load(together(parts), spine=spine, view=view)
    models = ["--select", "+training", "+training_without_cutoff"]
    cluster.dbt(spark_consumer, {**ENGINE_TYPES, "timestamp_type": view}, "run", *models)
    return parts


@pytest.mark.parametrize("model", VIEWS_OF)
def test_a_training_set_equals_the_nested_loop(built, cluster, model):
    """Row for row, in a session zone with daylight saving; the first history that differs is shown."""
    views, cuts = VIEWS_OF[model]
    got = cluster.rows(f"main.{model}")

    wanted = [
        training_set(part["spine"], "observed_at", [(view, part[table]) for view, table in views], known_at_cutoff=cuts)
        for part in built
    ]

    if canonical(got) == canonical([row for rows in wanted for row in rows]):
        return
    for part, rows in zip(built, wanted, strict=True):
        ids = {row["row_id"] for row in rows}
        assert canonical([row for row in got if row["row_id"] in ids]) == canonical(rows), part
    pytest.fail("there are rows of no history")


def test_the_work_is_done_by_executor_processes(built, cluster):
    """Two processes, neither of them the driver's, run the tasks, and both take part in the shuffle."""
    assert built
    pids = cluster.pids_that_run_sql()
    assert len(pids) == 2
    assert pids.isdisjoint({cluster.driver_pid, os.getpid()})
    work = cluster.work_by_executor()
    assert len(work) == 2
    assert all(tasks > 0 and shuffled > 0 for tasks, shuffled in work.values()), work


def test_each_history_is_shuffled_once_and_never_multiplied(built, cluster, spark_consumer):
    """Between a view's scan and its winners there is one exchange; every join is one of equality."""
    assert built
    compiled = (
        spark_consumer.project_dir / "target" / "compiled" / "consumer" / "models" / "training_sets" / "training.sql"
    )
    paths = list(_paths(cluster.plan(compiled.read_text())))

    exchanges = {}
    for path in paths:
        table = next(
            (name for name in ("raw_readings", "raw_pairs", "raw_constants") if name in path[-1].toString()), None
        )
        if table:
            winners = max(place for place, node in enumerate(path) if _keeps_winners(node))
            exchanges.setdefault(table, []).append([node.nodeName() for node in path[winners:]].count("Exchange"))
    assert exchanges == {"raw_readings": [1], "raw_pairs": [1], "raw_constants": [1, 1]}

    joins = {
        node.toString(): node
        for path in paths
        for node in path
        if "Join" in node.nodeName() or "Product" in node.nodeName()
    }
    assert {node.nodeName() for node in joins.values()} == {"SortMergeJoin"}
    assert all(node.condition().isEmpty() for node in joins.values())


def _keeps_winners(node: Any) -> bool:
    return node.nodeName() == "Filter" and "pit_is_spine" in node.condition().toString()


def _paths(node: Any) -> Iterator[list[Any]]:
    """Every path of nodes from the root of a plan to a leaf."""
    children = node.children()
    if children.isEmpty():
        yield [node]
    for place in range(children.size()):
        for path in _paths(children.apply(place)):
            yield [node, *path]
