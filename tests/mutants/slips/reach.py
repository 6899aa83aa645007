"""Slips in what a sync reads: a row that is missed here is missed for good."""

from __future__ import annotations

from slips.slip import slips

_INCREMENTAL = "tests/integration/online/test_incremental.py"
_LOADS = "tests/integration/online/test_load_times.py"
_ORDER = "tests/integration/online/test_order_of_a_sync.py"
DECLARED = f"{_INCREMENTAL}::test_another_declaration_is_read_whole_and_the_report_says_why"
LOST = f"{_INCREMENTAL}::test_a_lost_sentinel_is_answered_by_a_full_read[sqlite]"
EVICTED = f"{_ORDER}::test_a_server_that_evicts_keys_is_read_whole_though_it_lost_none_of_ours"
RESTARTED = (
    "tests/integration/online/test_restarts.py"
    "::test_a_server_killed_after_a_sync_that_comes_back_with_its_data_is_read_whole[aof]"
)
EARLIER = (
    f"{_INCREMENTAL}::test_an_earlier_instant_is_read_whole_and_changes_neither_rows_nor_watermark[sqlite-incremental]"
)
LOST_EARLIER = f"{_INCREMENTAL}::test_an_earlier_instant_on_a_store_that_lost_rows_claims_only_what_it_read[sqlite]"
SINCE = f"{_INCREMENTAL}::test_since_reads_from_there_on_and_leaves_the_watermark[sqlite]"
LOOKBACK = f"{_INCREMENTAL}::test_the_lookback_is_read_again[sqlite]"
BOUND = f"{_INCREMENTAL}::test_a_row_around_the_bound_of_the_last_read_arrives[sqlite-1]"
BETWEEN = "tests/integration/online/test_changed_stretches.py::test_what_lies_between_two_changed_days_is_not_read"
LATE = f"{_INCREMENTAL}::test_a_row_that_becomes_visible_long_after_it_was_known_arrives[sqlite]"
FIXED = f"{_INCREMENTAL}::test_a_corrected_value_of_an_old_row_arrives_though_its_times_are_the_same[sqlite]"
NEW_DAY = "tests/integration/online/test_changed_stretches.py::test_a_row_of_a_day_that_had_none_arrives"
ONCE = f"{_LOADS}::test_the_first_sync_reads_everything_and_the_next_what_was_loaded_since[sqlite]"
FORECAST = f"{_LOADS}::test_a_forecast_that_was_loaded_long_ago_arrives_when_it_is_due[sqlite]"
RUNNING = f"{_LOADS}::test_the_rest_of_a_build_that_was_still_running_arrives[sqlite]"
STALE = f"{_LOADS}::test_rows_with_a_load_time_of_the_past_are_noticed_by_their_number_and_everything_is_read[sqlite]"
UNSAID = f"{_LOADS}::test_without_the_compiled_sql_in_the_manifest_a_sync_goes_on_where_the_last_one_ended[sqlite]"

SLIPS = [
    *slips(
        "featurectl/online/identity.py",
        ("state.schema_id != identity.schema_id", "False", DECLARED),
        ("identity.code_checksum not in (None, state.code_checksum)", "False", DECLARED),
        (
            "identity.code_checksum not in (None, state.code_checksum)",
            "identity.code_checksum != state.code_checksum",
            UNSAID,
        ),
        ("        view.ttl_seconds,\n", "", DECLARED),
        ("        view.tombstone and view.tombstone.name,\n", "", DECLARED),
        ("state.replication_id != vitals.replication_id", "False", RESTARTED),
        ("state.evicted_keys != vitals.evicted_keys", "False", EVICTED),
        ("not vitals.has_sentinel", "False", LOST),
    ),
    *slips(
        "featurectl/online/reach.py",
        ("    if now_us < state.watermark_us:\n", "    if False:\n", EARLIER),
        ("return max(state.watermark_us, read_us)", "return read_us", EARLIER),
        ("is None or difference(state, identity) is not None:", "is None:", LOST_EARLIER),
        ('    if view.materialized != "incremental":\n', "    if False:\n", DECLARED),
        ("Part([Span(options.since_us, now_us)])", "Part([Span(options.since_us + 1, now_us)])", SINCE),
        ("state.watermark_us - lookback_us)", "state.watermark_us)", LOOKBACK),
        ("[Span(known_by_us + 1, now_us)] if loads.waiting else []", "[]", FORECAST),
        ("    if total == earlier.total:\n", "    if True:\n", RUNNING),
        ("    if total == earlier.total:\n", "    if False:\n", ONCE),
        ("    if older > 0:\n", "    if False:\n", STALE),
    ),
    *slips(
        "featurectl/online/stretches.py",
        ("before.get(bucket) != settled.totals.get(bucket)", "bucket not in settled.totals", FIXED),
        ("before.keys() | settled.totals.keys()", "settled.totals.keys()", NEW_DAY),
        ("Span(floor_us + 1, now_us)]", "Span(floor_us + 2, now_us)]", BOUND),
        ("min(first_us + width_us - 1, floor_us)", "first_us", LATE),
        ("bounds[digest.rank] <= settled.until_us)", "bounds[digest.rank] < settled.until_us)", LATE),
        ("spans[-1].last_us + 1 == first_us", "spans[-1].last_us < first_us", BETWEEN),
    ),
]
