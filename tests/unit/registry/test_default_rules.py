"""Claims about defaults: one rule says what fits a column in training, in the catalog and so online."""

from __future__ import annotations

import pytest

from featurectl.online.entries import view_entry
from serving.format.catalog import Published

BLOCK = "error: models/orders.yml: orders: config.meta.feature_view."
PUBLISHED = Published("shop", "dev", "2026-01-01T00:00:00Z", "x", "2026-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("data_type", "value", "fits"),
    [
        ("bigint", 2**63 - 1, True), ("bigint", 2**63, False), ("bigint", True, False), ("tinyint", 128, False),
        ("tinyint", -128, True), ("double", 1, True), ("double", "1", False), ("decimal(4, 2)", 99.99, True),
        ("decimal(4, 2)", 100, False), ("decimal(4, 2)", 1.005, False), ("decimal(4, 2)", "1.5", True),
        ("decimal(4, 2)", "one", False), ("varchar", "x", True), ("varchar", 1, False), ("boolean", False, True),
        ("boolean", 0, False), ("date", "2026-01-31", True), ("date", "31.1.2026", False), ("double[]", [1.0], True),
        ("double[]", 1.0, False), ("timestamp", "2026-01-31T00:00:00Z", True), ("timestamp", "now", False),
        ("bigint", None, False), ("ubigint", -1, False), ("ubigint", 2**64, False),
        ("varchar", "", True), ("time", "12:00:00", True), ("time", "12:00:00+01:00", False), ("uuid", "x", False),
        ("blob", "abc", False), ("bytea", "", False), ("bigint[]", [1, None], True), ("bigint[]", ["1"], False),
        ("bigint[]", [True], False), ("tinyint[]", [128], False), ("array<smallint>", [32_768], False),
        ("varchar[]", "ab", False), ("varchar[]", [], True), ("blob[]", ["a"], False), ("double[][]", [[1.0], []], True),
        ("double[][]", [1.0], False), ("decimal(4, 2)[]", [100], False), ("date[]", ["2026-01-31"], True),
        ("date[]", ["now"], False), ("json", '{"a": 1}', True), ("json", {"a": 1}, False), ("json", [1], False),
        ("struct(a int)", "x", True),
    ],
)  # fmt: skip
def test_a_default_fits_its_column_and_what_fits_is_published(declared, data_type, value, fits):
    columns = {"customer_id": "bigint", "ordered_at": "timestamp", "x": data_type}
    online = not data_type.startswith("struct")
    declared.view(columns=columns, defaults={"x": value}, online=online)
    found = declared.findings()
    if fits:
        assert found == []
        (view,) = declared.registry().views
        assert not online or view_entry(view, PUBLISHED).defaults.keys() == {"x"}
    else:
        (line,) = found
        assert line.startswith(BLOCK + "defaults.x: expected ")
        assert line.endswith(f"got {'none' if value is None else repr(value)}")


def test_a_wrong_default_says_what_would_fit(declared):
    columns = {"customer_id": "bigint", "ordered_at": "timestamp", "photo": "blob", "sizes": "integer[]"}
    declared.view(columns=columns, defaults={"photo": "", "sizes": [2**31]})
    assert declared.findings() == [
        BLOCK
        + "defaults.photo: expected no default, for the online catalog is JSON and carries no bytes (blob), got ''",
        BLOCK + "defaults.sizes: expected a list, each item null or an integer that fits the type (integer[]), "
        "got [2147483648]",
    ]
