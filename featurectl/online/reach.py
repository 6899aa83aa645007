"""What one sync reads of a view: everything, or only what can have changed since the last one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from featurectl.online import stretches
from featurectl.online.identity import difference
from featurectl.warehouse.base import Part, Span
from serving.format.state import Loaded, Settled

if TYPE_CHECKING:
    from featurectl.online.identity import Identity
    from featurectl.online.options import Options
    from featurectl.registry import Column, FeatureView
    from featurectl.warehouse.base import Loads, Reading, Stock
    from serving.format.state import State

MAX_SPANS = 64
ALWAYS_WHOLE = "is always read whole"
BY_LOAD_TIME = "incremental: by load time"
STALE_LOADS = "rows came that say they were loaded before the last sync"
NEVER_US = -(2**62)  # before every load time


@dataclass(frozen=True, slots=True)
class Reach:
    """What to read.

    Attributes:
        stock: What the view holds.
        reason: In words, for the report: ``full: the compiled SQL has changed``, ``incremental: by load time``.
        part: None for everything that is due.
        settled: For the state, once all of it is written; None where the next sync reads in full anyway, or by load time.
        loaded: Likewise, for the next sync by load time.
        warning: What to tell whoever declared the view; None for nothing.
    """

    stock: Stock
    reason: str
    part: Part | None = None
    settled: Settled | None = None
    loaded: Loaded | None = None
    warning: str | None = None

    @property
    def is_full(self) -> bool:
        """True where every due row is looked at."""
        return self.part is None


def plan_reach(
    view: FeatureView, reading: Reading, now_us: int, options: Options, identity: Identity, state: State | None
) -> Reach:
    """Decide what to read; what is due may be nothing.

    Args:
        state: Of the last sync that succeeded; None without one.
    """
    if options.since_us is not None:
        stock = reading.stock(view, now_us)
        return Reach(stock, "--since; the watermark stays as it is", Part([Span(options.since_us, now_us)]))
    reason = "--full-refresh" if options.full_refresh else _full_read_reason(view, state, identity, now_us)
    if view.materialized == "incremental" and view.loaded_at is not None:
        return _by_load_time(view, view.loaded_at, reading, now_us, state, reason)
    stock = reading.stock(view, now_us)
    if view.materialized != "incremental" or stock.watermark_us is None:
        return Reach(stock, f"full: {reason}")
    return _by_stretches(view, reading, now_us, stock, stock.watermark_us, state, reason)


def watermark_after(state: State | None, identity: Identity, read_us: int) -> int:
    """The watermark once everything due has been read: it never moves back over rows that are still there.

    Newer wins, so a sync as of an earlier instant leaves the rows of the later one, and they are what look-ups answer.

    Args:
        read_us: Greatest a read.
    """
    if state is None or state.watermark_us is None or difference(state, identity) is not None:
        return read_us
    return max(state.watermark_us, read_us)


def _full_read_reason(view: FeatureView, state: State | None, identity: Identity, now_us: int) -> str | None:
    """Why a view has to be read in full; None where what changed since the last sync is enough."""
    if view.materialized != "incremental":
        return f"a {view.materialized} {ALWAYS_WHOLE}"
    if state is None or state.watermark_us is None or (state.settled is None and state.loaded is None):
        return "there is no state of an earlier full sync"
    if now_us < state.watermark_us:
        return "the instant is before the watermark"
    if view.ttl_seconds is not None and (state.now_us is None or now_us < state.now_us):
        return "the instant is before the last sync's, at which rows may have been expired"
    return difference(state, identity)


def _by_stretches(
    view: FeatureView,
    reading: Reading,
    now_us: int,
    stock: Stock,
    newest_us: int,
    state: State | None,
    full_read_reason: str | None,
) -> Reach:
    """A in (watermark - lookback, now], and each stretch before it whose rows are not what they were."""
    lookback_us = view.lookback_seconds * 1_000_000
    until_us = newest_us - lookback_us
    if full_read_reason is None and state and state.settled and state.watermark_us is not None:
        floor_us = min(state.settled.until_us, state.watermark_us - lookback_us)
        changed = stretches.compare(view, reading, now_us, state.settled, until_us, floor_us)
        if len(changed.spans) <= MAX_SPANS:
            count = changed.stretches
            reason = f"incremental: {count} earlier stretches of time have changed" if count else "incremental"
            return Reach(stock, reason, Part(changed.spans), settled=changed.settled)
        full_read_reason = f"{changed.stretches} stretches of time have changed"
    settled = stretches.settle(view, reading, now_us, until_us)
    return Reach(stock, f"full: {full_read_reason}", settled=settled)


def _by_load_time(
    view: FeatureView,
    loaded_at: Column,
    reading: Reading,
    now_us: int,
    state: State | None,
    full_read_reason: str | None,
) -> Reach:
    """The rows loaded since the last sync, and those that it could not see yet: a in (greatest a then - lookback, now]."""
    earlier = state.loaded if state and full_read_reason is None else None
    if earlier is None:
        loads = reading.loads(view, now_us, NEVER_US, now_us)
        reason = (
            "no row was loaded at a time that the clock has reached" if loads.until_us is None else full_read_reason
        )
        return Reach(loads.stock, f"full: {reason}", loaded=_loaded(view, reading, loads))
    known_by_us = earlier.known_by_us - view.lookback_seconds * 1_000_000
    loads = reading.loads(view, now_us, earlier.until_us, known_by_us)
    loaded, older = _loaded(view, reading, loads), loads.before_since - earlier.before
    if older > 0:
        warning = (
            f"{view.reference_name}: sync.loaded_at: expected {loaded_at.name} to be when a build wrote the row, got more rows ({older}) than at "
            "the last sync that claim to have been there: everything was read. Write `current_timestamp` in the model's SQL, then --full-refresh"
        )
        return Reach(loads.stock, f"full: {STALE_LOADS}", loaded=loaded, warning=warning)
    spans = [Span(known_by_us + 1, now_us)] if loads.waiting else []
    if loaded is not None and loaded.until_us == earlier.until_us:
        total = loaded.total
    else:
        total = reading.load_total(view, earlier.until_us)
    if total == earlier.total:
        return Reach(loads.stock, BY_LOAD_TIME, Part(spans, earlier.until_us + 1), loaded=loaded)
    # A build that was still running may have brought more rows of that load time: all of those are read again.
    reason = f"{BY_LOAD_TIME}; the last load is no longer what it was"
    return Reach(loads.stock, reason, Part(spans, earlier.until_us), loaded=loaded)


def _loaded(view: FeatureView, reading: Reading, loads: Loads) -> Loaded | None:
    """For the state; it goes back where the last load is gone, because a build was undone."""
    known_by_us = loads.stock.watermark_us
    if loads.until_us is None or known_by_us is None:
        return None
    return Loaded(loads.until_us, loads.before_until, reading.load_total(view, loads.until_us), known_by_us)
