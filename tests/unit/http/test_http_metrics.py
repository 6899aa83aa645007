"""What the metrics say, at their bounds."""

from __future__ import annotations

import pytest

from serving.http.metrics import BUCKETS_SECONDS, Counts, Metrics, prometheus_text

ROUTE = "/get-online-features"


def told(counts, age_seconds=None):
    """The samples, by name."""
    lines = prometheus_text(counts, None, age_seconds).splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


def bucket(bound):
    return f'featurectl_http_request_seconds_bucket{{route="{ROUTE}",le="{bound}"}}'


@pytest.mark.parametrize("bound", BUCKETS_SECONDS)
def test_a_request_that_takes_a_buckets_bound_is_in_it(bound):
    """Bounds are inclusive, as Prometheus reads `le`; just above is in the next."""
    metrics = Metrics()
    metrics.observe(ROUTE, 200, bound)
    metrics.observe(ROUTE, 200, bound * 1.0001)
    samples = told(metrics.counts())
    assert samples[bucket(bound)] == 1
    above = [other for other in BUCKETS_SECONDS if other > bound]
    assert {samples[bucket(other)] for other in [*above, "+Inf"]} == {2}
    assert {samples[bucket(other)] for other in BUCKETS_SECONDS if other < bound} <= {0}


def newest(counts):
    return told(counts).get('featurectl_served_event_timestamp_seconds{view="orders"}')


def test_the_newest_event_served_never_goes_back():
    """It is the greatest of an answer, and of all answers; entities without a row say nothing."""
    metrics = Metrics()
    metrics.newest_event("orders", [None, None])
    assert newest(metrics.counts()) is None
    metrics.newest_event("orders", [None, -3_000_000, -5_000_000])
    assert newest(metrics.counts()) == -3
    metrics.newest_event("orders", [1_000_000, 7_000_000, 2_000_000])
    metrics.newest_event("orders", [6_999_999])
    assert newest(metrics.counts()) == 7
    metrics.newest_event("orders", [7_000_001])
    assert newest(metrics.counts()) == 7.000001


def test_workers_are_added_up_and_the_newest_of_them_counts():
    counts = Counts(newest_us={"orders": 5_000_000}, statuses={("orders", "PRESENT"): 2}, cache=(1, 2, 3))
    for other in (4_000_000, 6_000_000, -1):
        counts.add(
            Counts(newest_us={"orders": other, "late": other}, statuses={("orders", "PRESENT"): 1}, cache=(1, 1, 1))
        )
    counts.add(Counts(newest_us={"early": -2_000_000}))
    samples = told(counts)
    assert newest(counts) == 6
    assert samples['featurectl_served_event_timestamp_seconds{view="early"}'] == -2
    assert samples['featurectl_served_event_timestamp_seconds{view="late"}'] == 6
    assert samples['featurectl_feature_values_total{view="orders",status="PRESENT"}'] == 5
    assert samples['featurectl_cache_lookups_total{result="hit"}'] == 4
    assert samples["featurectl_cache_entries"] == 6


def test_the_catalogs_age_is_told_as_it_is():
    assert told(Counts(), 12.5)["featurectl_catalog_age_seconds"] == 12.5
    assert "featurectl_catalog_age_seconds" not in told(Counts())
