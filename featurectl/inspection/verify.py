"""Online rows against the newest rows at the watermark: one scan of the warehouse, one stream of MGETs."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from featurectl.errors import FeaturectlError
from featurectl.inspection.compare import RowComparer
from featurectl.inspection.differences import Difference, Verification
from featurectl.online.encoding import Encoder
from featurectl.online.keyset import KeySet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from featurectl.inspection.reader import OnlineReader
    from featurectl.registry import FeatureView
    from featurectl.warehouse.base import Batch, Warehouse

_BATCH = 5_000
# An encoder at this instant, before all data, drops no row as expired, and its durations tell when each row expires.
_ALWAYS_US = -(10**18)
# The store's clock and the warehouse's may differ so much.
_CLOCK_SLACK_MS = 60_000

Expected = tuple[str, bytes, int | None]


def verify_view(
    view: FeatureView, warehouse: Warehouse, reader: OnlineReader, *, sample: int | None, as_of_us: int | None = None
) -> Verification:
    """Compare one view as of its watermark.

    Args:
        sample: How many entities, chosen at random; None compares all, and looks for keys that the warehouse lacks.
        as_of_us: The instant in the place of now that expiry is measured from, UTC microseconds since 1970.
    """
    found = Verification(view.reference_name)
    started = time.monotonic()
    try:
        _verify(view, warehouse, reader, found, sample, as_of_us)
    except FeaturectlError as error:
        found.problems.append(str(error))
        found.hint = error.hint
    found.seconds = time.monotonic() - started
    return found


def _verify(
    view: FeatureView,
    warehouse: Warehouse,
    reader: OnlineReader,
    found: Verification,
    sample: int | None,
    as_of_us: int | None,
) -> None:
    state = reader.state(view.name, view.version)
    if state is None or state.watermark_us is None:
        key = reader.keyspace.state(view.name, view.version)
        raise FeaturectlError(
            f"{key}: expected the state of a sync that succeeded, got none: publish it with `featurectl sync-online`"
        )
    found.watermark_us = state.watermark_us
    comparer = RowComparer(view, reader, found)
    encoder = Encoder(view, reader.keyspace, _ALWAYS_US)
    known = KeySet() if sample is None else None
    with warehouse.reading() as reading:
        now_ms = (reading.now_us() if as_of_us is None else as_of_us) // 1000
        rows = _expected(encoder, reading.latest_rows(view, state.watermark_us), known)
        chosen = rows if sample is None else _sampled(rows, sample)
        for batch in _batches(chosen):
            _compare(batch, now_ms, reader, comparer, found)
    found.problems += encoder.problems
    if known is not None:
        known.seal()
        found.scanned = True
        # A set, for a scan may give a key twice.
        for key in {key for key in reader.keys(view.name, view.version) if key not in known}:
            found.count_row("extra", Difference(comparer.entity(key), "extra", None, None, "a row"))
    after = reader.state(view.name, view.version)
    if after is None or after.run_id != state.run_id:
        raise FeaturectlError(f"{view.reference_name}: expected no sync while it is verified, got one; verify again")


def _expected(encoder: Encoder, batches: Iterable[Batch], known: KeySet | None) -> Iterator[Expected]:
    """Key, row and when it expires (milliseconds since 1970) of every entity."""
    for batch in batches:
        put = encoder.rows(batch)
        if known is not None:
            known.add(put.keys)
        expiries = put.ttls_ms if put.ttls_ms is not None else [None] * len(put.keys)
        for key, row, ttl_ms in zip(put.keys, put.rows, expiries, strict=True):
            yield key, row, None if ttl_ms is None else ttl_ms + _ALWAYS_US // 1000


def _sampled(rows: Iterable[Expected], count: int) -> Iterator[Expected]:
    """So many rows, each as likely as any other, from a stream of unknown length."""
    kept: list[Expected] = []
    for place, row in enumerate(rows):
        if place < count:
            kept.append(row)
        elif (chosen := random.randrange(place + 1)) < count:  # noqa: S311 - a sample, no secret
            kept[chosen] = row
    yield from kept


def _batches(rows: Iterable[Expected]) -> Iterator[list[Expected]]:
    batch: list[Expected] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _compare(
    batch: list[Expected], now_ms: int, reader: OnlineReader, comparer: RowComparer, found: Verification
) -> None:
    equal = 0
    for (key, row, expiry_ms), online in zip(batch, reader.rows([key for key, _, _ in batch]), strict=True):
        if online == row:
            equal += 1
        elif online is not None:
            comparer.compare(key, row, online)
        elif expiry_ms is not None and expiry_ms <= now_ms + _CLOCK_SLACK_MS:
            found.expired += 1
        else:
            comparer.missing(key, row)
    found.count_row("equal", rows=equal)
    found.rows += len(batch)
