"""Slips in the order of a sync: data, catalog, sentinel, state; who holds the lock, and what is nobody else's."""

from __future__ import annotations

from slips.slip import slips

_ONLINE = "tests/integration/online"
_ORDER = f"{_ONLINE}/test_order_of_a_sync.py"
_REFRESH = f"{_ONLINE}/test_removal.py::test_a_full_refresh_makes_the_store_equal_the_warehouse"
FAILS_AT = f"{_ORDER}::test_what_a_sync_that_fails_at_a_step_leaves"
ROWS_FAIL = f"{FAILS_AT}[sqlite-send_rows]"
REJECTED = f"{_ORDER}::test_rejected_rows_keep_the_watermark_and_the_others_are_written"
EMPTIED = f"{_ORDER}::test_an_emptied_table_changes_nothing_online"
REPLACED = f"{_ORDER}::test_a_dry_run_counts_what_the_run_would"
OTHERS = f"{_ORDER}::test_what_others_have_published_is_not_retired"
OLDER = f"{_ORDER}::test_an_older_manifest_publishes_nothing_unless_forced"
USED = f"{_ORDER}::test_a_view_that_a_service_still_uses_is_not_retired"
RENEWED = f"{_ORDER}::test_a_keeper_tries_again_where_the_store_did_not_answer"
OFTEN = f"{_ORDER}::test_a_lock_is_renewed_several_times_before_it_runs_out"
GIVEN_BACK = f"{_ORDER}::test_the_lock_is_given_back_by_a_block_that_fails"
REFRESHED = f"{_REFRESH}[sqlite-incremental]"
HALF_REFRESHED = (
    f"{_ONLINE}/test_crashes.py::test_a_full_refresh_that_dies_half_way_leaves_no_older_row_for_good[sqlite]"
)
KILLED = f"{_ONLINE}/test_crashes.py::test_a_sync_killed_at_random_moments_is_repaired_by_the_next[sqlite]"
HALF_READ = f"{_ONLINE}/test_crashes.py::test_a_full_read_that_dies_half_way_is_a_full_read_again[sqlite]"
REFUSED = f"{_ORDER}::test_rows_that_the_server_refused_keep_the_watermark"
_INCREMENTAL = f"{_ONLINE}/test_incremental.py"
SINCE = f"{_INCREMENTAL}::test_since_reads_from_there_on_and_leaves_the_watermark[sqlite]"
DRY = f"{_INCREMENTAL}::test_a_dry_run_counts_and_writes_nothing[sqlite]"
EARLIER = f"{_INCREMENTAL}::test_an_earlier_instant_is_read_whole_and_changes_neither_rows_nor_watermark"
EARLIER_REFRESH = (
    f"{_INCREMENTAL}::test_a_full_refresh_as_of_an_earlier_instant_takes_the_watermark_back_with_the_rows[sqlite]"
)

SLIPS = [
    *slips(
        "featurectl/online/publication.py",
        ("        self._writer.put_schema(view.name, schema_of(view))\n", "", f"{FAILS_AT}[sqlite-put_schema]"),
        (
            "        self._write_rows(lock, reach)\n        self._writer.publish_catalog([keep",
            "        self._writer.publish_catalog([self._entry])\n        self._write_rows(lock, reach)\n        self._writer.publish_catalog([keep",
            ROWS_FAIL,
        ),
        (
            "        self._write_rows(lock, reach)\n",
            "        self._writer.put_sentinel(lock)\n        self._write_rows(lock, reach)\n",
            HALF_READ,
        ),
        (
            "        self._write_rows(lock, reach)\n",
            (
                "        self._report.watermark_us = reach.stock.watermark_us\n"
                "        self._writer.write_state(lock, self._state(identity, state, reach))\n"
                "        self._write_rows(lock, reach)\n"
            ),
            KILLED,
        ),
        ("        self._writer.wait_for_replicas()\n", "", f"{FAILS_AT}[sqlite-wait_for_replicas]"),
        (
            "        self._writer.wait_for_replicas()\n",
            "        self._writer.write_state(lock, self._state(identity, state, reach))\n        self._writer.wait_for_replicas()\n",
            f"{FAILS_AT}[sqlite-wait_for_replicas]",
        ),
        (
            "            if reach.is_full:\n",
            "            if not reach.is_full:\n",
            f"{FAILS_AT}[sqlite-write_state]",
        ),
        (
            "            self._writer.delete_rows(lock, [sentinel_key(self._to.keyspace, view.name, view.version)])\n",
            "            pass\n",
            HALF_REFRESHED,
        ),
        ("        if self._report.rejected:\n", "        if False:\n", REJECTED),
        ("        if self._options.since_us is None:\n", "        if True:\n", SINCE),
        (
            "stock.due:\n            raise _nothing_due(",
            "stock.due and False:\n            raise _nothing_due(",
            EMPTIED,
        ),
        ("        if self._options.full_refresh or ", "        if ", EARLIER_REFRESH),
        # What is written, and what a full refresh removes
        ("report.written, report.skipped_older = self._writer.flush()", "report.written = report.rows_read", REFUSED),
        ("lock, rows, replace_newer=replace)", "lock, rows, replace_newer=False)", REFRESHED),
        ("                kept.add(rows.keys)\n", "                pass\n", REFRESHED),
        ("            self._delete_others(lock, kept)\n", "            pass\n", REFRESHED),
        ("            if key not in kept:\n", "            if key in kept:\n", REFRESHED),
        ("absent)\n\n    def _state", "[])\n\n    def _state", REFRESHED),
        ("old[5:21] > row[5:21]", "old[5:21] >= row[5:21]", REPLACED),
        ("+= 0 if self._options.full_refresh else newer", "+= newer", REPLACED),
    ),
    *slips(
        "featurectl/online/sync.py",
        (
            "                with writing() as own, locked(view, own) as lock:\n",
            "                with writing() as own, warehouse.reading(), locked(view, own) as lock:\n",
            f"{_ORDER}::test_the_warehouse_is_opened_under_the_lock[sqlite]",
        ),
        (
            "                    allow(view, own)\n",
            "",
            f"{_ORDER}::test_a_newer_manifest_that_publishes_while_a_sync_runs_is_kept",
        ),
    ),
    *slips(
        "featurectl/online/keyset.py",
        ("bisect_left(part, number)", "bisect_left(part, number) + 1", REFRESHED),
        ('array("q", sorted(part))', 'array("q", sorted(part)[1:])', REFRESHED),
    ),
    *slips(
        "featurectl/online/keeper.py",
        ("            continue\n", "            return\n", RENEWED),
        ("writer.renew_lock(lock, ttl_ms=LOCK_MS)", "pass", RENEWED),
        ("writer.renew_lock(lock, ttl_ms=LOCK_MS)", "writer.renew_lock(lock, ttl_ms=1)", RENEWED),
        ("RENEW_SECONDS = 15.0", "RENEW_SECONDS = 45.0", OFTEN),
        ("        writer.release_lock(lock)\n", "        pass\n", GIVEN_BACK),
    ),
    *slips(
        "featurectl/online/services.py",
        ("by.project == published.project and ", "", OTHERS),
        (" and by.generated_at <= published.generated_at", "", OTHERS),
        ("for view in registry.views if view.online} | used", "for view in registry.views if view.online}", USED),
        (
            "generated_at > published.generated_at and not options.force:\n        raise",
            "generated_at > published.generated_at and False:\n        raise",
            OLDER,
        ),
    ),
]
