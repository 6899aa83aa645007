"""The quality gate: what dbt's last run says against publishing a view."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from featurectl.artifacts.run_results import RunResults
from featurectl.manifest import DependsOn, Manifest, Metadata, Node
from featurectl.online.metrics import metrics_text, write_metrics
from featurectl.online.options import Options
from featurectl.online.quality import QualityError, doubts, refusals, require_quality
from featurectl.online.report import ViewReport
from featurectl.registry import Freshness

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TEST = "test.shop.orders_are_unique"


@pytest.fixture
def view(make_view):
    return make_view(freshness=Freshness(None, 3600))


@pytest.fixture
def judge(view):
    node = Node(TEST, "orders_are_unique", "test", "shop", "x.yml", depends_on=DependsOn([view.unique_id]))
    manifest = Manifest(Metadata("v12"), {TEST: node})

    def judged(*results):
        run = msgspec.convert({"results": list(results)}, RunResults)
        return refusals(manifest, [view], run, NOW).get(view.unique_id)

    return judged


def built(view, age, status="success"):
    finished = (NOW - age).isoformat()
    return {"unique_id": view.unique_id, "status": status, "timing": [{"name": "execute", "completed_at": finished}]}


def of_test(status):
    return {"unique_id": TEST, "status": status}


@pytest.mark.parametrize("status", ["fail", "error", "runtime error"])
def test_a_failed_test_of_the_view_shuts_the_gate(judge, status):
    assert judge(of_test(status)) == f"expected its tests to pass, got failures of orders_are_unique ({status})"


@pytest.mark.parametrize("status", ["pass", "warn", "skipped"])
def test_a_test_that_did_not_fail_leaves_it_open(judge, status):
    assert judge(of_test(status)) is None


def test_a_build_that_failed_shuts_the_gate(judge, view):
    assert judge(built(view, timedelta(0), "error")) == "expected a build that succeeded, got 'error'"


def test_a_build_at_the_limit_is_young_enough_and_a_second_later_too_old(judge, view):
    assert judge(built(view, timedelta(hours=1))) is None
    assert "(freshness.error_after), got one of 3601 s ago" in judge(built(view, timedelta(seconds=3601)))


def test_what_fails_elsewhere_is_not_held_against_the_view(view):
    """Another view's test, and a model that is built from this one: neither says that this one is wrong."""
    other, training = "test.shop.others_are_unique", "model.shop.training"
    manifest = Manifest(
        Metadata("v12"),
        {
            other: Node(other, "x", "test", "shop", "x.yml", depends_on=DependsOn(["model.shop.others"])),
            training: Node(training, "training", "model", "shop", "x.sql", depends_on=DependsOn([view.unique_id])),
        },
    )
    failed = [{"unique_id": other, "status": "fail"}, {"unique_id": training, "status": "error"}]
    run = msgspec.convert({"results": failed}, RunResults)
    assert refusals(manifest, [view], run, NOW) == {}


def test_a_failed_unit_test_counts(view):
    name = "unit_test.shop.orders.counts_a_day"
    node = Node(name, "counts_a_day", "unit_test", "shop", "x.yml", depends_on=DependsOn([view.unique_id]))
    run = msgspec.convert({"results": [{"unique_id": name, "status": "fail"}]}, RunResults)
    reason = refusals(Manifest(Metadata("v12"), {name: node}), [view], run, NOW)[view.unique_id]
    assert reason == "expected its tests to pass, got failures of counts_a_day (fail)"


def test_a_view_that_was_not_built_has_no_age(judge, view):
    """A model that dbt skipped was not built at the time its result names."""
    assert judge(built(view, timedelta(days=9), "skipped")) is None


def test_a_time_without_a_zone_is_utc(judge, view, monkeypatch):
    """Wherever the machine is."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        finished = (NOW - timedelta(seconds=3600)).replace(tzinfo=None).isoformat()
        result = {
            "unique_id": view.unique_id,
            "status": "success",
            "timing": [{"name": "execute", "completed_at": finished}],
        }
        assert judge(result) is None
        finished = (NOW - timedelta(seconds=3601)).replace(tzinfo=None).isoformat()
        assert "3601 s ago" in judge({**result, "timing": [{"name": "execute", "completed_at": finished}]})
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_age_is_that_of_the_last_step_of_the_build(judge, view):
    """It was compiled hours before it was executed."""
    result = built(view, timedelta(minutes=5))
    earlier = {"name": "compile", "completed_at": (NOW - timedelta(hours=5)).isoformat()}
    assert judge({**result, "timing": [earlier, *result["timing"]]}) is None


def test_a_shut_gate_refuses_with_exit_code_8_unless_forced(view):
    shut = {view.unique_id: "expected its tests to pass"}
    with pytest.raises(QualityError, match="orders: expected its tests to pass") as caught:
        require_quality(view, Options("dev", refusals=shut))
    assert caught.value.exit_code == 8
    require_quality(view, Options("dev", refusals=shut, force=True))


@pytest.fixture
def doubt(view):
    """What is not known of the view after a dbt command with these results."""
    node = Node(TEST, "orders_are_unique", "test", "shop", "x.yml", depends_on=DependsOn([view.unique_id]))

    def doubted(which, *results, nodes=None):
        run = msgspec.convert({"results": list(results), "args": {"which": which}}, RunResults)
        manifest = Manifest(Metadata("v12"), {TEST: node} if nodes is None else nodes)
        return doubts(manifest, [view], run).get(view.unique_id)

    return doubted


@pytest.mark.parametrize(
    ("which", "command"), [("compile", "compile"), ("generate", "docs generate"), ("show", "show")]
)
def test_a_command_that_builds_nothing_leaves_tests_and_build_unknown(doubt, view, which, command):
    """It has overwritten the results of the build before it, refusals too; its `success` of a view is no build."""
    said = f"run_results.json is of `dbt {command}`: "
    tests = (
        "whether the tests of orders pass, and whether what is built is of this manifest, is not known; run `dbt build`"
    )
    assert doubt(which, built(view, timedelta(0))) == said + tests
    assert doubt(which, nodes={}) == said + "whether what is built is of this manifest is not known; run `dbt build`"


def test_a_run_without_a_result_of_the_views_tests_leaves_them_unknown(doubt, view):
    said = "run_results.json is of `dbt run` and has no result of a test of orders: whether they pass is not known"
    assert doubt("run", built(view, timedelta(0))) == f"{said}; run `dbt build`"
    assert doubt("run", built(view, timedelta(0)), nodes={}) is None, "it has no tests"
    assert doubt("build", of_test("pass")) is None
    assert doubt("test", of_test("fail")) is None, "known, and refused"


def test_a_skipped_test_says_nothing(doubt):
    assert "has no result of a test of orders" in doubt("build", of_test("skipped"))


def test_no_results_at_all_are_not_told_of(view):
    assert doubts(Manifest(Metadata("v12"), {}), [view], None) == {}


def test_metrics_are_what_prometheus_reads(tmp_path):
    """One gauge a count and view, a finish time, and no half file."""
    reports = [
        ViewReport("orders", rows_read=3, written=2, watermark_us=1_500_000),
        ViewReport("broken", problems=["x"]),
    ]
    text = metrics_text("shop:dev", reports, now=7)
    assert 'featurectl_sync_rows_written{namespace="shop:dev",view="orders"} 2\n' in text
    assert 'featurectl_sync_success{namespace="shop:dev",view="broken"} 0\n' in text
    assert 'featurectl_sync_watermark_timestamp_seconds{namespace="shop:dev",view="orders"} 1.5\n' in text
    assert 'watermark_timestamp_seconds{namespace="shop:dev",view="broken"}' not in text
    assert text.endswith('featurectl_sync_finished_timestamp_seconds{namespace="shop:dev"} 7\n')
    write_metrics(tmp_path / "sync.prom", "shop:dev", reports)
    assert [path.name for path in tmp_path.iterdir()] == ["sync.prom"]
