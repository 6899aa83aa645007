"""The pages on bytes and types say what the code does."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from serving.format.keys import key_encoder
from serving.format.types import KEY_KINDS, SPELLINGS, parse_type
from serving.format.values import encoder

DOCS = Path(__file__).parents[3] / "docs"
GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "wire_format.json").read_text())
EXAMPLES = {
    "bool": True,
    "int64": 9007199254740993,
    "uint64": 18446744073709551615,
    "hugeint": 2**100,
    "float32": 1.5,
    "float64": 0.1,
    "decimal(10,2)": Decimal("12.30"),
    "decimal": Decimal("0.125"),
    "string": "a|b",
    "bytes": b"\x00\xff",
    "date": date(2013, 1, 2),
    "time": time(3, 4, 5),
    "timestamp": datetime(2013, 1, 2, 3, 4, 5),
    "timestamptz": datetime(2013, 1, 2, 3, 4, 5, tzinfo=UTC),
    "uuid": UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff"),
    "json": '{"a": 1}',
    "list<float32>": [1.0, -0.5],
    "list<float64>": [1.0, None],
    "list<string>": ["a", None],
}


def table(page, first_cell):
    """The cells of the table in the page whose header starts so, without backticks."""
    lines = (DOCS / page).read_text().splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith(f"| {first_cell} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        cells = re.split(r"(?<!\\)\|", line)[1:-1]
        rows.append([cell.strip().replace("`", "").replace("\\|", "|") for cell in cells])
    return rows


def test_every_spelling_is_listed_under_its_type():
    listed = {kind: tuple(words.split(", ")) for kind, words in table("types.md", "wire type")}
    assert listed == SPELLINGS


@pytest.mark.parametrize("type_text", EXAMPLES)
def test_every_wire_form_is_shown_as_it_is(type_text):
    """Python value, wire value and key text of one example a type."""
    rows = {row[0]: row[1:] for row in table("types.md", "type")}
    assert set(rows) == set(EXAMPLES)
    python, _, value, wire, key = rows[type_text]
    wire_type, example = parse_type(type_text), EXAMPLES[type_text]
    assert python == type(example).__name__
    assert value == repr(example).replace("datetime.", "")
    assert wire == repr(encoder(wire_type)(example))
    is_key = wire_type.kind in KEY_KINDS and type_text != "decimal"
    assert key == (key_encoder([("k", type_text)])([example]) if is_key else "no key")


def test_the_page_on_rows_shows_the_golden_bytes():
    page = (DOCS / "row-format.md").read_text()
    assert GOLDEN["tombstone"][:42] in page.replace(" ", "")
    for name in ("row_key", "schema_key", "key_text"):
        assert GOLDEN[name].replace("|", "|") in page
