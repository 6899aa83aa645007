"""Slips in the embedded store's SQL: the rules of the Lua scripts once more."""

from __future__ import annotations

from slips.slip import slips

_WRITERS = "tests/integration/serving/test_writers.py"
_RULES = "tests/integration/online/test_rules_of_rows.py"
NEWEST = f"{_WRITERS}::test_the_newest_row_wins_in_every_order[sqlite]"
BITS = f"{_WRITERS}::test_every_one_of_the_sixteen_bytes_counts[sqlite]"
TOMBSTONE = f"{_WRITERS}::test_a_tombstone_keeps_late_older_rows_out[sqlite]"
REFRESH = f"{_WRITERS}::test_a_full_refresh_may_replace_newer_rows[sqlite]"
MANY = f"{_WRITERS}::test_a_batch_of_any_size_is_counted[sqlite]"
EXPIRED = f"{_WRITERS}::test_an_expired_row_is_no_row[sqlite]"
LOST = f"{_WRITERS}::test_nothing_is_written_under_a_lost_lock[sqlite]"
EXPIRED_LOCK = f"{_WRITERS}::test_an_expired_lock_is_lost_even_where_nobody_took_it[sqlite]"
ONE_SYNC = f"{_WRITERS}::test_one_sync_a_view_at_a_time[sqlite]"
SCHEMA = f"{_WRITERS}::test_a_schema_is_written_once[sqlite]"
CATALOG = f"{_WRITERS}::test_the_catalog_changes_entry_by_entry_with_a_generation[sqlite]"
NEWER_CATALOG = f"{_WRITERS}::test_a_catalog_of_a_newer_format_is_left_alone[sqlite]"
SCANNED = f"{_WRITERS}::test_a_scan_finds_the_rows_of_one_view_only[sqlite]"
OWN_TTL = f"{_RULES}::test_each_row_of_a_batch_has_its_own_expiry[sqlite]"
DAMAGED = f"{_RULES}::test_a_stored_value_too_short_for_a_row_is_replaced[sqlite]"
UNREAD = f"{_RULES}::test_an_expired_row_is_not_read_by_the_writer_either[sqlite]"
RENEWED = f"{_RULES}::test_a_renewed_lock_lasts_as_long_as_asked[sqlite]"
VOUCHES = f"{_RULES}::test_neither_state_nor_sentinel_is_set_under_a_lost_lock[sqlite]"
UNFLUSHED = f"{_RULES}::test_what_was_not_flushed_when_the_lock_was_given_back_counts_no_more[sqlite]"
HALF = f"{_RULES}::test_a_batch_that_fails_half_way_leaves_nothing_of_it"
VITALS = f"{_RULES}::test_the_vitals_tell_whether_the_sentinel_is_there[sqlite]"

SLIPS = slips(
    "featurectl/online/writers/sqlite.py",
    # Newer wins
    (
        "substr(excluded.value, 6, 16) >= substr(entries.value, 6, 16)",
        "substr(excluded.value, 6, 16) > substr(entries.value, 6, 16)",
        NEWEST,
    ),
    (
        "substr(excluded.value, 6, 16) >= substr(entries.value, 6, 16)",
        "substr(excluded.value, 6, 8) >= substr(entries.value, 6, 8)",
        BITS,
    ),
    (
        "substr(excluded.value, 6, 16) >= substr(entries.value, 6, 16)",
        "substr(excluded.value, 6, 15) >= substr(entries.value, 6, 15)",
        NEWEST,
    ),
    ("where ? or substr", "where (? and 0) or substr", REFRESH),
    ("length(entries.value) < 21", "length(entries.value) < 23", TOMBSTONE),
    ("length(entries.value) < 21", "length(entries.value) < 0", DAMAGED),
    # Expiry
    ("or entries.expires_at <= ?", "or (entries.expires_at <= ? and 0)", EXPIRED),
    (
        "set value = excluded.value, expires_at = excluded.expires_at\nwhere ?",
        "set value = excluded.value\nwhere ?",
        EXPIRED,
    ),
    ("None if ttl is None else now + ttl,", "None if ttl is None else now + ttl * 1000,", EXPIRED),
    ("None if ttl is None else now + ttl,", "None if ttl is None else now + (ttls[0] or ttl),", OWN_TTL),
    ("(expires_at is null or expires_at > ?)", "(1 or expires_at > ?)", UNREAD),
    # The lock
    ("where locks.expires_at <= ?", "where locks.expires_at <= ? or 1", ONE_SYNC),
    ("where locks.expires_at <= ?", "where locks.expires_at > ?", LOST),
    ("(key, lock.token, now + ttl_ms, now)", "(key, lock.token, now + 60_000, now)", EXPIRED_LOCK),
    ("(_now_ms() + ttl_ms, key)", "(_now_ms() + ttl_ms // 1000, key)", RENEWED),
    ('where key = ? and token = ?", (key, lock.token)', 'where key = ? or token = ?", (key, lock.token)', LOST),
    ("and token = ? and expires_at > ?", "and ? is not null and expires_at > ?", LOST),
    ("and token = ? and expires_at > ?", "and token = ? and expires_at <> ?", EXPIRED_LOCK),
    (
        "            with self._locked(lock):\n                now = _now_ms()",
        "            with self._transaction():\n                now = _now_ms()",
        LOST,
    ),
    (
        "        with self._locked(lock):\n            return (",
        "        with self._transaction():\n            return (",
        LOST,
    ),
    (
        "        with self._locked(lock):\n            self._connection.execute(_PUT_ENTRY, (self._keys.state",
        "        with self._transaction():\n            self._connection.execute(_PUT_ENTRY, (self._keys.state",
        VOUCHES,
    ),
    (
        "        with self._locked(lock):\n            self._connection.execute(_PUT_ENTRY, (sentinel_key",
        "        with self._transaction():\n            self._connection.execute(_PUT_ENTRY, (sentinel_key",
        VOUCHES,
    ),
    ('self._connection.execute("rollback")', 'self._connection.execute("commit")', HALF),
    # Counts and scans
    ("self._skipped += len(keys) - written", "self._skipped += len(keys)", MANY),
    ("        self._written = self._skipped = 0\n        with", "        with", UNFLUSHED),
    ("            self._written += written\n", "            self._written = written\n", MANY),
    ("        self._written = self._skipped = 0\n        return result", "        return result", MANY),
    (
        "where key > ? and key < ? order by key limit ?",
        "where key > ? and (1 or key < ?) order by key limit ?",
        SCANNED,
    ),
    ("last = page[-1][0]", "return", MANY),
    # Schemas, the catalog, the vitals
    (
        "values (?, ?) on conflict do nothing",
        "values (?, ?) on conflict (key) do update set value = excluded.value",
        SCHEMA,
    ),
    ("self._number(key, GENERATION_FIELD) + 1", "self._number(key, GENERATION_FIELD) + 2", CATALOG),
    ("if stored > CATALOG_FORMAT:", "if stored > CATALOG_FORMAT + 1:", NEWER_CATALOG),
    ("            for field in removed:", "            for field in removed[1:]:", CATALOG),
    ("0, sentinel is not None)", "0, True)", VITALS),
)
