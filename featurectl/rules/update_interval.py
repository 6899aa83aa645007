"""What a view says about time fits together: how long a value lives, how often it is renewed, when someone is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from featurectl.rules.block import SECONDS, as_written
from featurectl.rules.feature_view import KEY
from featurectl.rules.finding import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from featurectl.manifest import Manifest, Node
    from featurectl.registry import FeatureView
    from featurectl.rules.finding import Finding

PERIODS = {**SECONDS, "month": 28 * 86_400, "year": 365 * 86_400}  # the shortest month: the rule never cries wolf


def check_update_intervals(manifest: Manifest, views: Iterable[FeatureView]) -> list[Finding]:
    """Warnings for a TTL below the update interval, for limits in the wrong order, and for a `sync` key without effect."""
    findings: list[Finding] = []
    for view in views:
        node = manifest.nodes[view.unique_id]
        place = Place.of(node)
        _check_ttl(place, view, node)
        warn, error = view.freshness.warn_after_seconds, view.freshness.error_after_seconds
        if warn and error and error < warn:
            place.warn(
                "freshness-order",
                f"{KEY}.freshness.error_after: expected no less than warn_after, got {as_written(error)} and {as_written(warn)}",
                "An error that comes first leaves no time for the warning: exchange the two.",
            )
        unused = {"lookback": view.lookback_seconds, "loaded_at": view.loaded_at}
        for key in (key for key, value in unused.items() if value and view.materialized != "incremental"):
            place.warn(
                "sync-unused",
                f"{KEY}.sync.{key}: expected an incremental model, got materialized={view.materialized!r}",
                "Tables and views are read in full by each sync: leave it out; a column that is no feature goes under `exclude`.",
            )
        if view.loaded_at and node.config.incremental_strategy == "microbatch" and not view.lookback_seconds:
            place.warn(
                "overlapping-loads",
                f"{KEY}.sync.lookback: expected a duration beside loaded_at on a microbatch model, got none",
                "dbt may run its batches at once: set it to more than the longest takes.",
            )
        findings += place.findings
    return findings


def _check_ttl(place: Place, view: FeatureView, node: Node) -> None:
    """Compare with the longest interval that the project declares."""
    longest = max(_intervals(view, node), default=None)
    if view.ttl_seconds is None or longest is None or view.ttl_seconds >= longest[0]:
        return
    seconds, where = longest
    place.warn(
        "ttl-below-interval",
        f"{KEY}.ttl: expected at least {as_written(seconds)}, the update interval by {where}, got {as_written(view.ttl_seconds)}",
        "Between two updates look-ups answer OUTSIDE_MAX_AGE: lengthen the TTL, or update more often.",
    )


def _intervals(view: FeatureView, node: Node) -> Iterator[tuple[int, str]]:
    """Seconds that may pass between two updates, with the key that says so."""
    for name, limit in (
        ("warn_after", view.freshness.warn_after_seconds),
        ("error_after", view.freshness.error_after_seconds),
    ):
        if limit is not None:
            yield limit, f"{KEY}.freshness.{name}"
    if node.config.incremental_strategy == "microbatch" and node.config.batch_size in PERIODS:
        yield PERIODS[node.config.batch_size], "config.batch_size"
    build_after = (
        _duration((node.config.freshness or {}).get("build_after")) if _is_mapping(node.config.freshness) else None
    )
    if build_after is not None:
        yield build_after, "config.freshness.build_after"


def _duration(value: Any) -> int | None:
    if not _is_mapping(value):
        return None
    count, period = value.get("count"), value.get("period")
    return count * PERIODS[period] if isinstance(count, int) and period in PERIODS else None


def _is_mapping(value: Any) -> bool:
    return isinstance(value, dict)
