"""What one sync reads of a view: everything, or only what can have changed since the last one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from featurectl.warehouse.base import Span
from featurectl.warehouse.queries import bucket_start
from serving.format.rows import ROW_FORMAT
from serving.format.state import Settled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from featurectl.online.writers.base import Vitals
    from featurectl.registry import FeatureView
    from featurectl.warehouse.base import Digest, Reading, Stock
    from serving.format.state import State

DAY_US = 86_400_000_000
MAX_STRETCHES = 1024
MAX_SPANS = 64
_MODULUS = 2**64


@dataclass(frozen=True, slots=True)
class Reach:
    """What to read.

    Attributes:
        reason: In words, for the report: ``full: the compiled SQL has changed``, ``incremental: known after ...``.
        spans: Of a; none means everything that is due.
        settled: For the state, once all of it is written; None where the next sync reads in full anyway.
    """

    reason: str
    spans: tuple[Span, ...] = ()
    settled: Settled | None = None

    @property
    def is_full(self) -> bool:
        """True where every due row is looked at."""
        return not self.spans


@dataclass(frozen=True, slots=True)
class Identity:
    """What must be the same as at the last sync, or a row that was read then may not be there now."""

    schema_id: str
    code_checksum: str
    roles_checksum: str
    vitals: Vitals


def identity_of(view: FeatureView, schema_id: str, vitals: Vitals) -> Identity:
    """The identity of a view as the manifest declares it, in the store as it is."""
    roles = (
        str(view.relation),
        [(key.name, key.data_type) for key in view.join_keys],
        [(column.name, column.data_type) for column in (view.event_timestamp, view.created_timestamp) if column],
        view.tombstone and view.tombstone.name,
        view.ttl_seconds,
    )
    return Identity(schema_id, _checksum(view.compiled_code or ""), _checksum(repr(roles)), vitals)


def full_read_reason(view: FeatureView, state: State | None, identity: Identity, now_us: int) -> str | None:
    """Why a view has to be read in full; None where what changed since the last sync is enough."""
    if view.materialized != "incremental":
        return f"a {view.materialized} is always read whole"
    if state is None or state.watermark_us is None or state.settled is None:
        return "there is no state of an earlier full sync"
    if now_us < state.watermark_us:
        return "the instant is before the watermark"
    return difference(state, identity)


def difference(state: State, identity: Identity) -> str | None:
    """What is not as it was at the last sync, so that its rows may not be what the view would write; None for nothing."""
    vitals = identity.vitals
    changed = {
        f"the row format was {state.format}": state.format != ROW_FORMAT,
        "the schema has changed": state.schema_id != identity.schema_id,
        "the compiled SQL has changed": state.code_checksum != identity.code_checksum,
        "a key, time or tombstone column, the TTL or the relation has changed": state.roles_checksum
        != identity.roles_checksum,
        "the store is another one, was restarted, or failed over": state.replication_id != vitals.replication_id,
        "the store has evicted keys": state.evicted_keys != vitals.evicted_keys,
        "the store has lost the sentinel key": not vitals.has_sentinel,
    }
    return next((reason for reason, is_so in changed.items() if is_so), None)


def watermark_after(state: State | None, identity: Identity, read_us: int) -> int:
    """The watermark once everything due has been read: it never moves back over rows that are still there.

    Newer wins, so a sync as of an earlier instant leaves the rows of the later one, and they are what look-ups answer.

    Args:
        read_us: Greatest a read.
    """
    if state is None or state.watermark_us is None or difference(state, identity) is not None:
        return read_us
    return max(state.watermark_us, read_us)


def plan_full(view: FeatureView, reading: Reading, stock: Stock, now_us: int, reason: str) -> Reach:
    """Everything; and, for an incremental model, what the next sync compares with."""
    if view.materialized != "incremental" or stock.watermark_us is None:
        return Reach(f"full: {reason}")
    until_us = stock.watermark_us - view.lookback_seconds * 1_000_000
    width_us = DAY_US
    totals = _totals(reading.digests(view, now_us, width_us, [until_us]))
    while len(totals) > MAX_STRETCHES:
        width_us, totals = 2 * width_us, _halved(totals)
    return Reach(f"full: {reason}", settled=Settled(until_us, width_us, totals))


def plan_incremental(
    view: FeatureView, reading: Reading, stock: Stock, now_us: int, settled: Settled, watermark_us: int
) -> Reach:
    """A in (watermark - lookback, now], and each stretch before it whose rows are not what they were.

    Every due row is thus either as it was when it was read, or is read now: no row is missed, however late it came.
    """
    assert stock.watermark_us is not None  # noqa: S101 - something is due
    lookback_us = view.lookback_seconds * 1_000_000
    until_us = stock.watermark_us - lookback_us
    bounds = sorted({settled.until_us, until_us})
    digests = reading.digests(view, now_us, settled.width_us, bounds)
    before = _totals(digest for digest in digests if bounds[digest.rank] <= settled.until_us)
    after = _totals(digest for digest in digests if bounds[digest.rank] <= until_us)
    changed = sorted(
        bucket for bucket in before.keys() | settled.totals.keys() if before.get(bucket) != settled.totals.get(bucket)
    )
    floor_us = min(settled.until_us, watermark_us - lookback_us)
    spans = [*_merged(changed, settled.width_us, floor_us), Span(floor_us + 1, now_us)]
    reason = f"incremental: {len(changed)} earlier stretches of time have changed" if changed else "incremental"
    if len(spans) > MAX_SPANS:
        return plan_full(view, reading, stock, now_us, f"{len(changed)} stretches of time have changed")
    return Reach(reason, tuple(spans), Settled(until_us, settled.width_us, after))


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
        bucket = int(digest.bucket)
        totals[bucket] = (totals.get(bucket, 0) + int(digest.total)) % _MODULUS
    return totals


def _halved(totals: dict[int, int]) -> dict[int, int]:
    halved: dict[int, int] = {}
    for bucket, total in totals.items():
        halved[bucket // 2] = (halved.get(bucket // 2, 0) + total) % _MODULUS
    return halved


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
