"""Slips in the Lua scripts: which row wins, for how long it stays, under whose lock, and what the catalog says."""

from __future__ import annotations

from slips.slip import slips

_WRITERS = "tests/integration/serving/test_writers.py"
_CLUSTER = "tests/integration/online/test_rows_on_a_cluster.py"
_RULES = "tests/integration/online/test_rules_of_rows.py"
NEWEST = f"{_WRITERS}::test_the_newest_row_wins_in_every_order[valkey]"
BITS = f"{_WRITERS}::test_every_one_of_the_sixteen_bytes_counts[valkey]"
TOMBSTONE = f"{_WRITERS}::test_a_tombstone_keeps_late_older_rows_out[valkey]"
REFRESH = f"{_WRITERS}::test_a_full_refresh_may_replace_newer_rows[valkey]"
MANY = f"{_WRITERS}::test_a_batch_of_any_size_is_counted[valkey]"
EXPIRED = f"{_WRITERS}::test_an_expired_row_is_no_row[valkey]"
LOST = f"{_WRITERS}::test_nothing_is_written_under_a_lost_lock[valkey]"
DELETED = f"{_WRITERS}::test_deleted_rows_are_gone[valkey]"
CATALOG = f"{_WRITERS}::test_the_catalog_changes_entry_by_entry_with_a_generation[valkey]"
NEWER_CATALOG = f"{_WRITERS}::test_a_catalog_of_a_newer_format_is_left_alone[valkey]"
COLLATION = f"{_WRITERS}::test_every_one_of_the_sixteen_bytes_counts[valkey_other_collation]"
OWN_TTL = f"{_RULES}::test_each_row_of_a_batch_has_its_own_expiry[valkey]"
COUNTED = f"{_RULES}::test_a_flush_tells_of_everything_sent_since_the_last_one[valkey]"
DAMAGED = f"{_RULES}::test_a_stored_value_too_short_for_a_row_is_replaced[valkey]"
RENEWED = f"{_RULES}::test_a_renewed_lock_lasts_as_long_as_asked[valkey]"
VOUCHES = f"{_RULES}::test_neither_state_nor_sentinel_is_set_under_a_lost_lock[valkey]"
ON_CLUSTER = f"{_CLUSTER}::test_the_newest_row_wins"
REPLACED_ON_CLUSTER = f"{_CLUSTER}::test_a_full_refresh_replaces_newer_rows"
EXPIRED_ON_CLUSTER = f"{_CLUSTER}::test_each_row_has_its_own_expiry"

SLIPS = slips(
    "featurectl/online/writers/scripts.py",
    # Newer wins: four words, from the first to the last
    ("    if a ~= e then return a > e end\n", "", BITS),
    ("    if a ~= e then return a > e end\n", "    if a ~= e then return a < e end\n", BITS),
    ("    if b ~= f then return b > f end\n", "", BITS),
    ("    if c ~= g then return c > g end\n", "", BITS),
    ("    return d > h\n", "    return false\n", BITS),
    ("    return d > h\n", "    return d >= h\n", NEWEST),
    ("unpack('>I4I4I4I4', stored, 6)", "unpack('>i4I4I4I4', stored, 6)", BITS),
    ("unpack('>I4I4I4I4', stored, 6)", "unpack('<I4I4I4I4', stored, 6)", BITS),
    ("unpack('>I4I4I4I4', stored, 6)", "unpack('>I4I4I4I4', stored, 5)", BITS),
    ("unpack('>I4I4I4I4', row, 6)", "unpack('>I4I4I4I4', stored, 6)", NEWEST),
    (
        "    local a, b, c, d =",
        "    do return string.sub(stored, 6, 21) > string.sub(row, 6, 21) end\n    local a, b, c, d =",
        COLLATION,
    ),
    ("or not is_newer(old, row) then", "or true then", NEWEST),
    ("not old or #old < 21 or", "not old or #old < 23 or", TOMBSTONE),
    ("not old or #old < 21 or", "not old or", DAMAGED),
    ("stored = ARGV[2] == '0' and", "stored = ARGV[2] == '1' and", REFRESH),
    ("stored = ARGV[2] == '0' and redis", "stored = redis", REFRESH),
    ("'MGET', unpack(KEYS, 2))", "'MGET', unpack(KEYS))", NEWEST),
    # Expiry
    ("local expires = #ARGV > 2 + count", "local expires = false", EXPIRED),
    ("local expires = #ARGV > 2 + count", "local expires = true", COUNTED),
    ("row, 'PX', ARGV[2 + count + i])", "row, 'EX', ARGV[2 + count + i])", EXPIRED),
    ("row, 'PX', ARGV[2 + count + i])", "row, 'PX', ARGV[3 + count])", OWN_TTL),
    ("ARGV[2 + count + i] ~= '' then", "ARGV[3 + count] ~= '' then", OWN_TTL),
    # Counts, and each row of a batch
    ("return written\n", "return count\n", MANY),
    ("for i = 1, count do", "for i = 2, count do", MANY),
    ("for i = 1, count do", "for i = 1, count - 1 do", MANY),
    # On a cluster
    ("and is_newer(old, ARGV[2]) then return 0", "and false then return 0", ON_CLUSTER),
    ("and is_newer(old, ARGV[2]) then return 0", "and is_newer(old, ARGV[2]) then return 1", ON_CLUSTER),
    ("old and #old >= 21 and", "old and #old >= 23 and", ON_CLUSTER),
    ("local old = ARGV[1] == '0' and redis", "local old = redis", REPLACED_ON_CLUSTER),
    ("ARGV[2], 'PX', ARGV[3])", "ARGV[2], 'EX', ARGV[3])", EXPIRED_ON_CLUSTER),
    # The lock
    ("if redis.call('GET', KEYS[1]) ~= ARGV[1] then", "if not redis.call('GET', KEYS[1]) then", LOST),
    ("PUT_ROWS = (\n    _REQUIRE_LOCK\n    + IS_NEWER", "PUT_ROWS = (\n    IS_NEWER", LOST),
    ("DELETE_ROWS = (\n    _REQUIRE_LOCK\n    + ", "DELETE_ROWS = (\n    ", LOST),
    ("WRITE_STATE = _REQUIRE_LOCK + ", "WRITE_STATE = ", VOUCHES),
    ("RENEW_LOCK = _REQUIRE_LOCK + ", "RENEW_LOCK = ", LOST),
    ("redis.call('PEXPIRE', KEYS[1], ARGV[2])", "1", RENEWED),
    ("redis.call('PEXPIRE', KEYS[1], ARGV[2])", "redis.call('EXPIRE', KEYS[1], ARGV[2])", RENEWED),
    ("if redis.call('GET', KEYS[1]) == ARGV[1] then", "if redis.call('GET', KEYS[1]) then", LOST),
    # Deletes
    ("for i = 2, #KEYS do", "for i = 3, #KEYS do", DELETED),
    ("deleted = deleted + redis.call('UNLINK', KEYS[i])", "deleted = redis.call('UNLINK', KEYS[i])", DELETED),
    # The catalog
    ("if stored and tonumber(stored) > tonumber(ARGV[1])", "if stored and false", NEWER_CATALOG),
    ("redis.call('HSET', KEYS[1], 'format', ARGV[1])", "", CATALOG),
    ("for i = 3, set_end, 2 do", "for i = 3, set_end - 2, 2 do", CATALOG),
    ("for i = set_end + 1, #ARGV do", "for i = set_end + 2, #ARGV do", CATALOG),
    ("'HINCRBY', KEYS[1], 'generation', 1)", "'HINCRBY', KEYS[1], 'generation', 0)", CATALOG),
)
