"""Slips in the Redis writers: what is acknowledged, what is under way, which replica, which node."""

from __future__ import annotations

from slips.slip import slips

_WRITERS = "tests/integration/serving/test_writers.py"
_ONLINE = "tests/integration/online"
_RULES = f"{_ONLINE}/test_rules_of_rows.py"
_CLUSTER = f"{_ONLINE}/test_rows_on_a_cluster.py"
_WHERE = f"{_ONLINE}/test_where_it_writes.py"
ONE_SYNC = f"{_WRITERS}::test_one_sync_a_view_at_a_time[valkey]"
TWICE = f"{_RULES}::test_the_newest_row_wins_within_a_batch[valkey]"
MANY = f"{_WRITERS}::test_a_batch_of_any_size_is_counted[valkey]"
SCANNED = f"{_WRITERS}::test_a_scan_finds_the_rows_of_one_view_only[valkey]"
GLOB = f"{_ONLINE}/test_collecting.py::test_a_view_whose_name_is_a_glob_goes_and_takes_no_other_with_it"
SCHEMA = f"{_WRITERS}::test_a_schema_is_written_once[valkey]"
COUNTED = f"{_RULES}::test_a_flush_tells_of_everything_sent_since_the_last_one[valkey]"
UNFLUSHED = f"{_RULES}::test_what_was_not_flushed_when_the_lock_was_given_back_counts_no_more[valkey]"
UNFLUSHED_ON_CLUSTER = f"{_CLUSTER}::test_what_was_not_flushed_when_the_lock_was_given_back_counts_no_more"
BOUNDED = f"{_RULES}::test_no_more_bytes_are_under_way_than_allowed"
FORGOTTEN = f"{_RULES}::test_replies_that_nobody_waited_for_are_never_taken_for_others"
VITALS = f"{_RULES}::test_the_vitals_tell_whether_the_sentinel_is_there[valkey]"
EVICTED = f"{_ONLINE}/test_order_of_a_sync.py::test_a_server_that_evicts_keys_is_read_whole_though_it_lost_none_of_ours"
RESTARTED = (
    f"{_ONLINE}/test_restarts.py::test_a_server_killed_after_a_sync_that_comes_back_with_its_data_is_read_whole[aof]"
)
REPLICA = f"{_WHERE}::test_a_replica_that_does_not_answer_keeps_the_watermark"
MOVED = f"{_CLUSTER}::test_rows_of_a_slot_that_moved_are_sent_to_its_new_master"
LOST_ON_CLUSTER = f"{_WHERE}::test_a_lost_lock_stops_a_sync_on_a_cluster_at_the_next_batch"
NODE_GONE = f"{_CLUSTER}::test_rows_of_a_connection_that_broke_are_sent_again"
COUNTED_ON_CLUSTER = f"{_CLUSTER}::test_a_flush_tells_of_everything_sent_since_the_last_one"
UNDER_LOCK = f"{_CLUSTER}::test_nothing_is_changed_under_a_lost_lock"
EVERY_MASTER = f"{_CLUSTER}::test_the_vitals_are_those_of_every_master"
EVERY_KEY = f"{_CLUSTER}::test_a_scan_finds_the_rows_of_every_master"
BEHIND = f"{_CLUSTER}::test_a_master_whose_replica_does_not_answer_is_named"

SLIPS = [
    *slips(
        "featurectl/online/writers/redis.py",
        ("lock.token, nx=True, px=ttl_ms", "lock.token, px=ttl_ms", ONE_SYNC),
        ("_ROWS_A_SCRIPT if len(set(keys)) == len(keys) else 1", "_ROWS_A_SCRIPT", TWICE),
        ("        self._sent += len(keys)\n", "        self._sent = len(keys)\n", COUNTED),
        (
            "        sent, self._sent = self._sent, 0\n        return",
            "        sent = self._sent\n        return",
            COUNTED,
        ),
        ("written = self._pipe.drain() if self._pipe else 0", "written = self._sent", MANY),
        ("        if self._sent:\n            self._drop_pipe()\n", "", UNFLUSHED),
        ("        if self._sent:\n            self._drop_pipe()\n", "", UNFLUSHED_ON_CLUSTER),
        ("            self._drop_pipe()\n            text", "            text", FORGOTTEN),
        ("            pipe.connection.disconnect()\n", "", FORGOTTEN),
        ('int(self._client.info("stats")["evicted_keys"])', "0", EVICTED),
        ("bool(self._client.exists(key)))", "True)", VITALS),
        ('str(self._client.info("replication")["master_replid"])', '"the same"', RESTARTED),
        ("            if self._pipe.drain():\n", "            if self._pipe.drain() is not None:\n", REPLICA),
        ('["connected_slaves"] or self._pipe is None', '["connected_slaves"] or True', REPLICA),
        ('self._pipe.send(["WAIT", 1, REPLICA_MS])', 'self._pipe.send(["WAIT", 0, REPLICA_MS])', REPLICA),
        ('match=f"{escaped(prefix)}*"', 'match=f"{prefix}*"', SCANNED),
        (r're.compile(r"([\\*?\[\]^-])")', r're.compile(r"([\\?\[\]^-])")', SCANNED),
        (r're.compile(r"([\\*?\[\]^-])")', r're.compile(r"([\\*\[\]^-])")', SCANNED),
        (r're.compile(r"([\\*?\[\]^-])")', r're.compile(r"([\\*?\]^-])")', GLOB),
        ("        if stored != schema.encoded:\n", "        if stored is None:\n", SCHEMA),
    ),
    *slips(
        "featurectl/online/writers/pipe.py",
        ("while self._sizes and self._bytes + len(packed) > MAX_BYTES_UNDER_WAY", "while False", BOUNDED),
        ("self._bytes + len(packed) > MAX_BYTES_UNDER_WAY", "self._bytes > MAX_BYTES_UNDER_WAY", BOUNDED),
        ("        while self._sizes:\n", "        if self._sizes:\n", MANY),
        ("        self._total += int(reply)\n", "        self._total = int(reply)\n", MANY),
        ("total, self._total = self._total, 0", "total = self._total", COUNTED),
        ("                    again += own[index:]\n", "                    again += own[index + 1 :]\n", NODE_GONE),
        ("                    again += own[index:]\n", "                    pass\n", NODE_GONE),
        ("                    again.append(call)\n", "                    pass\n", MOVED),
        ("return total + sum(self._put_again(*call) for call in again)", "return total + len(again)", MOVED),
        ("total += int(connection.read_response())", "total = int(connection.read_response())", COUNTED_ON_CLUSTER),
        ("                behind.append(name)\n", "                pass\n", BEHIND),
        ('connection.send_command("WAIT", 1, timeout_ms)', 'connection.send_command("WAIT", 0, timeout_ms)', BEHIND),
    ),
    *slips(
        "featurectl/online/writers/cluster.py",
        ("            self._require_lock(lock)\n            calls", "            calls", LOST_ON_CLUSTER),
        (
            '        self._require_lock(lock)\n        with self._errors("UNLINK")',
            '        with self._errors("UNLINK")',
            UNDER_LOCK,
        ),
        (
            "        self._require_lock(lock)\n        with self._errors(key)",
            "        with self._errors(key)",
            UNDER_LOCK,
        ),
        ("if token != lock.token.encode()", "if token is None", UNDER_LOCK),
        ("self._written += self._nodes().put(calls)", "self._written = self._nodes().put(calls)", COUNTED_ON_CLUSTER),
        ("self._sent += len(calls)", "self._sent = len(calls)", COUNTED_ON_CLUSTER),
        ("slice(start, start + _ROWS_A_CHECK)", "slice(start, start + _ROWS_A_CHECK - 1)", COUNTED_ON_CLUSTER),
        ('sum(int(info["evicted_keys"]) for info in stats)', 'int(stats[0]["evicted_keys"])', EVERY_MASTER),
        ("for info in _each(found)))", "for info in _each(found)[:1]))", EVERY_MASTER),
        (
            'match=f"{escaped(prefix)}*", count=_SCAN_COUNT, target_nodes=RedisCluster.PRIMARIES',
            'match=f"{escaped(prefix)}*", count=_SCAN_COUNT, target_nodes=RedisCluster.RANDOM',
            EVERY_KEY,
        ),
        (
            "        if behind:\n",
            "        if not behind:\n",
            f"{_WHERE}::test_a_cluster_of_three_masters_gets_every_row",
        ),
    ),
]
