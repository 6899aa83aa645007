"""What was answered, counted, in Prometheus' text format."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from serving.cache import Cache
    from serving.format.catalog import Catalog

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_MICROS = 1e6

Sample = tuple[dict[str, str], float]


class Counts(msgspec.Struct):
    """What one process has answered so far.

    Attributes:
        requests: By route and HTTP status.
        buckets: By route, requests by the first bound of `BUCKETS_SECONDS` that they kept; the last entry is beyond all.
        seconds: By route, together.
        statuses: Feature values by view and status.
        newest_us: By view, the newest event timestamp among the rows answered, UTC microseconds since 1970.
        cache: Hits, misses and rows of the cache, where there is one.
    """

    requests: dict[tuple[str, int], int] = {}
    buckets: dict[str, list[int]] = {}
    seconds: dict[str, float] = {}
    statuses: dict[tuple[str, str], int] = {}
    newest_us: dict[str, int] = {}
    cache: tuple[int, int, int] | None = None

    def add(self, other: Counts) -> None:
        """Add those of another process."""
        for key, requests in other.requests.items():
            self.requests[key] = self.requests.get(key, 0) + requests
        for route, buckets in other.buckets.items():
            mine = self.buckets.get(route, [0] * len(buckets))
            self.buckets[route] = [one + more for one, more in zip(mine, buckets, strict=True)]
        for route, seconds in other.seconds.items():
            self.seconds[route] = self.seconds.get(route, 0.0) + seconds
        for pair, values in other.statuses.items():
            self.statuses[pair] = self.statuses.get(pair, 0) + values
        for view, newest in other.newest_us.items():
            self.newest_us[view] = max(newest, self.newest_us.get(view, newest))
        if other.cache is not None:
            hits, misses, rows = self.cache or (0, 0, 0)
            self.cache = (hits + other.cache[0], misses + other.cache[1], rows + other.cache[2])


class Metrics:
    """Counts as they grow, for one event loop.

    Args:
        cache: Of rows, where there is one.
    """

    def __init__(self, cache: Cache | None = None) -> None:
        self._cache = cache
        self._requests: defaultdict[tuple[str, int], int] = defaultdict(int)
        self._buckets: dict[str, list[int]] = {}
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._statuses: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._newest_us: dict[str, int] = {}

    def observe(self, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests[route, status] += 1
        buckets = self._buckets.get(route)
        if buckets is None:
            buckets = self._buckets[route] = [0] * (len(BUCKETS_SECONDS) + 1)
        buckets[bisect_left(BUCKETS_SECONDS, seconds)] += 1
        self._seconds[route] += seconds

    def count_status(self, view: str, status: str, values: int) -> None:
        """Count feature values that were answered with a status."""
        self._statuses[view, status] += values

    def newest_event(self, view: str, micros: list[int | None]) -> None:
        """Remember the newest event timestamp among the rows answered, UTC microseconds since 1970."""
        newest = max([each for each in micros if each is not None], default=None)
        if newest is not None and newest > self._newest_us.get(view, newest - 1):
            self._newest_us[view] = newest

    def counts(self) -> Counts:
        """A copy of everything so far."""
        cache = self._cache
        return Counts(
            dict(self._requests),
            {route: list(buckets) for route, buckets in self._buckets.items()},
            dict(self._seconds),
            dict(self._statuses),
            dict(self._newest_us),
            None if cache is None else (cache.hits, cache.misses, len(cache)),
        )


def prometheus_text(counts: Counts, catalog: Catalog | None, catalog_age_seconds: float | None) -> str:
    """Everything, as Prometheus reads it.

    Args:
        counts: Of all processes.
        catalog: As last read; None where there is none yet.
        catalog_age_seconds: Since its generation was last seen to change here.
    """
    lines: list[str] = []
    add = partial(_add, lines)
    add(
        "http_requests_total",
        "counter",
        "Requests by route and HTTP status.",
        (({"route": route, "status": str(status)}, count) for (route, status), count in counts.requests.items()),
    )
    _add_histogram(lines, counts)
    add(
        "feature_values_total",
        "counter",
        "Feature values answered, by view and status.",
        (({"view": view, "status": status}, count) for (view, status), count in counts.statuses.items()),
    )
    add(
        "served_event_timestamp_seconds",
        "gauge",
        "Newest event timestamp among the rows answered, by view.",
        (({"view": view}, micros / _MICROS) for view, micros in counts.newest_us.items()),
    )
    if catalog is not None:
        add("catalog_generation", "gauge", "How often the catalog has changed.", [({}, catalog.generation)])
        add(
            "view_synced_timestamp_seconds",
            "gauge",
            "When each view was last published.",
            (
                ({"view": view.name, "version": str(view.version)}, synced)
                for view in catalog.views.values()
                if (synced := _instant(view.published.synced_at)) is not None
            ),
        )
    if catalog_age_seconds is not None:
        add(
            "catalog_age_seconds", "gauge", "Since the process that answers saw it change.", [({}, catalog_age_seconds)]
        )
    if counts.cache is not None:
        hits, misses, rows = counts.cache
        told = [({"result": "hit"}, float(hits)), ({"result": "miss"}, float(misses))]
        add("cache_lookups_total", "counter", "Rows asked of the caches.", told)
        add("cache_entries", "gauge", "Rows in the caches.", [({}, rows)])
    return "\n".join(lines) + "\n"


def _add_histogram(lines: list[str], counts: Counts) -> None:
    name = "featurectl_http_request_seconds"
    lines += [f"# HELP {name} Time from a request's head to its answer.", f"# TYPE {name} histogram"]
    for route, buckets in counts.buckets.items():
        label = _labels({"route": route})[1:-1]
        total = 0
        for bound, count in zip((*map(str, BUCKETS_SECONDS), "+Inf"), buckets, strict=True):
            total += count
            lines.append(f'{name}_bucket{{{label},le="{bound}"}} {total}')
        lines += [f"{name}_sum{{{label}}} {counts.seconds[route]:.6f}", f"{name}_count{{{label}}} {total}"]


def _add(lines: list[str], name: str, kind: str, help_text: str, samples: Iterable[Sample]) -> None:
    lines += [f"# HELP featurectl_{name} {help_text}", f"# TYPE featurectl_{name} {kind}"]
    lines += [f"featurectl_{name}{_labels(labels)} {value}" for labels, value in samples]


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    pairs = (f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return "{" + ",".join(pairs) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _instant(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None
