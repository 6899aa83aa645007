"""What can have changed since the last sync, told by sums over stretches of time: it asks nothing of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from featurectl.warehouse.base import Span
from featurectl.warehouse.queries import bucket_start
from serving.format.state import Settled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from featurectl.registry import FeatureView
    from featurectl.warehouse.base import Digest, Reading

DAY_US = 86_400_000_000
MAX_STRETCHES = 1024
_MODULUS = 2**64


class Changed(NamedTuple):
    """What is no longer what it was.

    Attributes:
        stretches: How many.
        spans: The stretches as few spans, and everything after the floor.
        settled: For the next sync to compare with.
    """

    stretches: int
    spans: list[Span]
    settled: Settled


def settle(view: FeatureView, reading: Reading, now_us: int, until_us: int) -> Settled:
    """The sums of the due rows with a <= an instant, by the day, or by longer stretches where there would be too many."""
    width_us = DAY_US
    totals = _totals(reading.digests(view, now_us, width_us, [until_us]))
    while len(totals) > MAX_STRETCHES:
        width_us, totals = 2 * width_us, _halved(totals)
    return Settled(until_us, width_us, totals)


def compare(
    view: FeatureView, reading: Reading, now_us: int, settled: Settled, until_us: int, floor_us: int
) -> Changed:
    """Compare what was settled with what is there now, in one scan.

    Every due row is thus either as it was when it was read, or in the spans: no row is missed, however late it came.

    Args:
        until_us: Where the next sync's sums end.
        floor_us: Everything after it is read anyway; no later than what the sums cover.
    """
    bounds = sorted({settled.until_us, until_us})
    digests = reading.digests(view, now_us, settled.width_us, bounds)
    before = _totals(digest for digest in digests if bounds[digest.rank] <= settled.until_us)
    after = _totals(digest for digest in digests if bounds[digest.rank] <= until_us)
    changed = sorted(
        bucket for bucket in before.keys() | settled.totals.keys() if before.get(bucket) != settled.totals.get(bucket)
    )
    spans = [*_merged(changed, settled.width_us, floor_us), Span(floor_us + 1, now_us)]
    return Changed(len(changed), spans, Settled(until_us, settled.width_us, after))


def _merged(buckets: Sequence[int], width_us: int, floor_us: int) -> list[Span]:
    """The stretches as few spans, none beyond the floor."""
    spans: list[Span] = []
    for bucket in buckets:
        first_us = bucket_start(bucket, width_us)
        last_us = min(first_us + width_us - 1, floor_us)
        if last_us < first_us:
            continue
        if spans and spans[-1].last_us + 1 == first_us:
            spans[-1] = Span(spans[-1].first_us, last_us)
        else:
            spans.append(Span(first_us, last_us))
    return spans


def _totals(digests: Iterable[Digest]) -> dict[int, int]:
    totals: dict[int, int] = {}
    for digest in digests:
        totals[digest.bucket] = (totals.get(digest.bucket, 0) + digest.total) % _MODULUS
    return totals


def _halved(totals: dict[int, int]) -> dict[int, int]:
    halved: dict[int, int] = {}
    for bucket, total in totals.items():
        halved[bucket // 2] = (halved.get(bucket // 2, 0) + total) % _MODULUS
    return halved
