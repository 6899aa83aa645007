"""One view, under its lock: data, then the catalog, then the state with the watermark."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from featurectl.errors import FeaturectlError
from featurectl.online.encoding import Encoder
from featurectl.online.entries import schema_of, view_entry
from featurectl.online.identity import identity_of
from featurectl.online.keyset import KeySet
from featurectl.online.reach import plan_reach, watermark_after
from featurectl.online.services import keep_latest
from featurectl.online.writers.base import sentinel_key
from serving.format.rows import ROW_FORMAT
from serving.format.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from featurectl.online.identity import Identity
    from featurectl.online.options import Options
    from featurectl.online.reach import Reach
    from featurectl.online.report import ViewReport
    from featurectl.online.writers.base import Lock, OnlineWriter, PutBatch
    from featurectl.registry import FeatureView
    from featurectl.warehouse.base import Reading
    from serving.format.catalog import Published
    from serving.format.keys import KeySpace

_DELETE_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Destination:
    """Where rows go."""

    writer: OnlineWriter
    keyspace: KeySpace


class Publication:
    """One view, from the warehouse to the store.

    Args:
        report: Filled on the way.
        on_progress: Called after each batch.
    """

    def __init__(
        self,
        view: FeatureView,
        reading: Reading,
        destination: Destination,
        options: Options,
        published: Published,
        report: ViewReport,
        on_progress: Callable[[ViewReport], None],
    ) -> None:
        self._view = view
        self._reading = reading
        self._to = destination
        self._writer = destination.writer
        self._options = options
        self._entry = view_entry(view, published)  # before anything is written: a default may be refused
        self._now_us = reading.now_us() if options.as_of_us is None else options.as_of_us
        self._encoder = Encoder(view, destination.keyspace, self._now_us)
        self._report = report
        self._on_progress = on_progress

    def run(self, lock: Lock) -> None:
        """Publish the view; a crash at any point is repaired by the next run, for the watermark comes last.

        Args:
            lock: The view's, held since before the warehouse was opened.
        """
        view = self._view
        identity, state = self._identity(), self._writer.read_state(view.name, view.version)
        reach = self._reach(identity, state)
        self._writer.put_schema(view.name, schema_of(view))
        if self._options.full_refresh:
            # It replaces newer rows: one that dies half-way must be followed by a full read.
            self._writer.delete_rows(lock, [sentinel_key(self._to.keyspace, view.name, view.version)])
        self._write_rows(lock, reach)
        self._writer.publish_catalog([keep_latest(self._entry, self._writer.read_catalog())])
        if self._report.rejected:
            self._report.problems += self._encoder.problems
            self._report.hint = (
                f"{self._report.rejected} rows were not written: mend their values or the declared types."
            )
            return
        self._writer.wait_for_replicas()
        self._report.watermark_us = self._watermark_us(reach, identity, state)
        if self._options.since_us is None:
            if reach.is_full:
                self._writer.put_sentinel(lock)  # only now is everything there that it vouches for
            self._writer.write_state(lock, self._state(identity, state, reach))

    def preview(self) -> None:
        """Count what `run` would read and write now; nothing is locked or written."""
        identity, state = self._identity(), self._writer.read_state(self._view.name, self._view.version)
        reach = self._reach(identity, state)
        for rows in self._batches(reach):
            stored = self._writer.read_rows(rows.keys)
            newer = sum(old is not None and old[5:21] > row[5:21] for row, old in zip(rows.rows, stored, strict=True))
            self._report.skipped_older += 0 if self._options.full_refresh else newer
            self._report.written += len(rows.keys) - (0 if self._options.full_refresh else newer)
            self._on_progress(self._report)
        self._report.watermark_us = self._watermark_us(reach, identity, state)

    def _identity(self) -> Identity:
        return identity_of(self._view, self._entry.schema_id, self._writer.vitals(self._view.name, self._view.version))

    def _watermark_us(self, reach: Reach, identity: Identity, state: State | None) -> int | None:
        read_us = reach.stock.watermark_us
        if self._options.full_refresh or read_us is None:
            return read_us
        return watermark_after(state, identity, read_us)

    def _reach(self, identity: Identity, state: State | None) -> Reach:
        """What to read, and what the report says of it."""
        view, report = self._view, self._report
        reach = plan_reach(view, self._reading, self._now_us, self._options, identity, state)
        if not reach.stock.due:
            raise _nothing_due(view, reach.stock.rows, self._now_us)
        report.read, report.null_keys = reach.reason, reach.stock.null_keys
        report.warnings += [reach.warning] if reach.warning else []
        report.rows_expected = self._rows_expected(reach, state)
        return reach

    def _rows_expected(self, reach: Reach, state: State | None) -> int | None:
        """As many as the last full read had; where there was none, as if every due row were of another entity."""
        if not reach.is_full:
            return None
        if state is None or self._view.materialized == "incremental":
            return reach.stock.due
        return min(reach.stock.due, state.counts.get("read", reach.stock.due))

    def _batches(self, reach: Reach) -> Iterator[PutBatch]:
        report, encoder = self._report, self._encoder
        for batch in self._reading.latest_rows(self._view, self._now_us, reach.part):
            rows = encoder.rows(batch)
            report.rows_read += len(batch)
            report.expired = encoder.expired
            report.rejected = encoder.rejected
            report.bytes += sum(map(len, rows.rows))
            yield rows

    def _write_rows(self, lock: Lock, reach: Reach) -> None:
        report, replace = self._report, self._options.full_refresh
        kept = KeySet()
        for rows in self._batches(reach):
            if replace:
                kept.add(rows.keys)
            self._writer.send_rows(lock, rows, replace_newer=replace)
            self._on_progress(report)
        report.written, report.skipped_older = self._writer.flush()
        if replace:
            self._delete_others(lock, kept)

    def _delete_others(self, lock: Lock, kept: KeySet) -> None:
        """Remove every row whose key was not among those just written."""
        kept.seal()
        absent: list[str] = []
        for key in self._writer.scan_keys(self._view.name, self._view.version):
            if key not in kept:
                absent.append(key)
            if len(absent) == _DELETE_BATCH:
                self._report.deleted += self._writer.delete_rows(lock, absent)
                absent.clear()
                self._on_progress(self._report)
        self._report.deleted += self._writer.delete_rows(lock, absent)

    def _state(self, identity: Identity, earlier: State | None, reach: Reach) -> State:
        unsaid = earlier.code_checksum if earlier else None  # a manifest without the compiled SQL says nothing of it
        return State(
            run_id=str(uuid.uuid4()),
            last_success=iso_now(),
            schema_id=identity.schema_id,
            format=ROW_FORMAT,
            watermark_us=self._report.watermark_us,
            counts=self._report.counts(),
            replication_id=identity.vitals.replication_id,
            evicted_keys=identity.vitals.evicted_keys,
            code_checksum=identity.code_checksum or unsaid,
            roles_checksum=identity.roles_checksum,
            now_us=self._now_us,
            settled=reach.settled,
            loaded=reach.loaded,
        )


def _nothing_due(view: FeatureView, rows: int, now_us: int) -> FeaturectlError:
    now = datetime.fromtimestamp(now_us // 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    got = "an empty table" if not rows else f"none of its {rows} rows"
    return FeaturectlError(
        f"{view.reference_name}: {view.relation}: expected rows known by {now}, got {got}",
        hint="Run `dbt build` for the view, or check its event and created timestamps. Nothing was changed online.",
    )


def iso_now() -> str:
    """Now in UTC, ISO 8601 with microseconds and Z."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
