"""Slips in the bytes: when a row may go, what a tombstone is, which bytes are the times."""

from __future__ import annotations

from slips.slip import slips

_EXPIRY = "tests/unit/online/test_expiry.py"
_ROWS = "tests/unit/serving/test_online_rows.py"
DURATION = f"{_EXPIRY}::test_the_duration_is_relative_to_now"
EXACT = f"{_EXPIRY}::test_no_row_is_dropped_early_or_kept_a_millisecond_longer"
AT_EXPIRY = f"{_EXPIRY}::test_a_row_at_its_expiry_is_gone"
REJECTED = f"{_EXPIRY}::test_a_value_that_does_not_fit_is_counted_and_named_by_its_key"
SOME_EXPIRED = f"{_EXPIRY}::test_the_rows_past_their_expiry_are_left_out_of_a_batch"
COLUMNS = "tests/unit/online/test_columns.py"
BACK = f"{_ROWS}::test_a_row_comes_back_as_written"
SORTED = f"{_ROWS}::test_headers_sort_as_their_times"
TOMBSTONE = f"{_ROWS}::test_a_tombstone_is_a_header_without_values"
DAMAGED = f"{_ROWS}::test_damaged_bytes_are_no_row"
GOLDEN = "tests/unit/serving/test_wire_golden.py"
_LOOKUP = "tests/integration/serving/test_lookup.py"
AGES = f"{_LOOKUP}::test_a_row_is_valid_up_to_its_ttl_and_at_it"
NOT_FOUND = f"{_LOOKUP}::test_no_row_a_tombstone_and_a_null_key_are_not_found_with_defaults[sqlite]"
NEW_SCHEMA = "tests/integration/serving/test_catalog_changes.py::test_a_new_schema_is_noticed_at_once[sqlite]"
UNREADABLE = "tests/integration/serving/test_unreadable_rows.py"

SLIPS = [
    *slips(
        "featurectl/online/encoding.py",
        ("ttl_us + max(ttl_us, DAY_US) - now_us", "ttl_us + min(ttl_us, DAY_US) - now_us", DURATION),
        ("ttl_us + max(ttl_us, DAY_US) - now_us", "max(ttl_us, DAY_US) - now_us", DURATION),
        ("ttl_us + max(ttl_us, DAY_US) - now_us", "ttl_us + max(ttl_us, DAY_US) + now_us", DURATION),
        ("view.ttl_seconds * 1_000_000", "view.ttl_seconds * 1_000", DURATION),
        (
            "ttls_ms = [-((-event - self._to_expiry_us) // 1000) for event in batch.event_us]",
            "ttls_ms = [(event + self._to_expiry_us) // 1000 for event in batch.event_us]",
            DURATION,
        ),
        (
            "None if self._to_expiry_us is None else -((-event_us - self._to_expiry_us) // 1000)",
            "None if self._to_expiry_us is None else (event_us + self._to_expiry_us) // 1000",
            DURATION,
        ),
        ("ttl_ms is not None and ttl_ms <= 0", "ttl_ms is not None and ttl_ms < 0", AT_EXPIRY),
        ("        if min(ttls_ms) > 0:\n", "        if min(ttls_ms) >= 0:\n", AT_EXPIRY),
        ("enumerate(ttls_ms) if ttl_ms > 0]", "enumerate(ttls_ms) if ttl_ms >= 0]", AT_EXPIRY),
        (
            "        self.expired += len(rows) - len(kept)\n",
            "        self.expired = len(rows) - len(kept)\n",
            SOME_EXPIRED,
        ),
        ("[rows[at] for at in kept]", "rows[: len(kept)]", SOME_EXPIRED),
        ("[ttls_ms[at] for at in kept]", "ttls_ms[: len(kept)]", SOME_EXPIRED),
        ("                self.rejected += 1\n", "                self.rejected = 1\n", REJECTED),
        ("EMPTY_ARRAY if gone else body", "body", COLUMNS),
        ("[known + TIME_OFFSET for known in batch.created_us]", "events", COLUMNS),
        ("        if row.is_tombstone:\n", "        if False:\n", _EXPIRY),
        ("column if as_declared else _encoded(encode, column)", "column", COLUMNS),
    ),
    *slips(
        "serving/format/rows.py",
        ('struct.Struct(">BIQQ")', 'struct.Struct("<BIQQ")', GOLDEN),
        ("created = event_us if created_us is None else created_us", "created = created_us or event_us", BACK),
        ("created = event_us if created_us is None else created_us", "created = event_us", BACK),
        ("event_us + TIME_OFFSET, created + TIME_OFFSET)", "created + TIME_OFFSET, event_us + TIME_OFFSET)", BACK),
        (
            "return _header(schema, event_us, created_us) + EMPTY_ARRAY",
            "return _header(schema, event_us, created_us)",
            TOMBSTONE,
        ),
        ("    if version != ROW_FORMAT:\n", "    if version < ROW_FORMAT:\n", DAMAGED),
        ("    if values and len(values) != width:\n", "    if len(values) > width:\n", DAMAGED),
        ("    if values and len(values) != width:\n", "    if len(values) != width:\n", TOMBSTONE),
        ("return row[BODY:] == EMPTY_ARRAY", "return row[BODY:] == b''", NOT_FOUND),
        ("return (event_us + TIME_OFFSET).to_bytes", "return (event_us - 1 + TIME_OFFSET).to_bytes", AGES),
        ('int.from_bytes(row[5:13], "big")', 'int.from_bytes(row[13:21], "big")', COLUMNS),
        ('return head, head + b"\\xff" * (HEADER.size - len(head))', 'return head, b"\\xff" * HEADER.size', UNREADABLE),
        ('int.from_bytes(row[1:5], "big") if', 'int.from_bytes(row[2:6], "big") if', NEW_SCHEMA),
    ),
]
