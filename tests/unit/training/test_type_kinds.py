"""Claim: the macro that judges contracts and the Python that judges spines put every type in the same kind."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment

from featurectl.training.shape import type_kind
from serving.format.types import SPELLINGS

MACROS = Path(__file__).resolve().parents[3] / "macros" / "_internal"
WORDS = sorted({word for words in SPELLINGS.values() for word in words})
FORMS = ("{}", "{}(10)", "{}(10, 2)", "{} with time zone", "{}[]", "{}[3]", "array<{}>", "list({})")
OTHERS = (
    *(
        "",
        " varchar",
        "number(38, 0)",
        "interval",
        "struct(a int)",
        "map<int, int>",
        "enum('a', 'b')",
        "geography",
        "oid",
    ),
    *(
        "byteinteger",
        "int",
        "ints",
        "timestamp_of",
        "dates",
        "variant",
        "money",
        "tsrange",
        "int4range",
        "smallinteger",
    ),
)


class Returned(Exception):  # noqa: N818 - no error: dbt's `return` leaves a macro this way
    """What a macro returned."""


@pytest.fixture(scope="module")
def macro():
    """The macro `_type_kind`, rendered by Jinja as dbt does it."""
    sources = (path.read_text() for path in MACROS.glob("*.sql"))
    (found,) = [
        each for text in sources for each in re.findall(r"{% macro _type_kind\(.*?{% endmacro %}", text, re.DOTALL)
    ]

    def leave(value):
        raise Returned(value)

    template = Environment(autoescape=False).from_string(found.replace("_type_kind", "type_kind", 1))  # noqa: S701 - SQL
    module = template.make_module({"return": leave, "modules": SimpleNamespace(re=re)})

    def call(data_type):
        with pytest.raises(Returned) as returned:
            module.type_kind(data_type)
        return returned.value.args[0]

    return call


@pytest.mark.parametrize("form", FORMS)
def test_every_spelling_is_of_one_kind_in_sql_and_in_python(macro, form):
    types = [form.format(word) for word in WORDS]
    types += [data_type.upper() for data_type in types]
    assert {data_type: type_kind(data_type) for data_type in types} == {
        data_type: macro(data_type) for data_type in types
    }


def test_so_is_every_other_type(macro):
    assert {data_type: type_kind(data_type) for data_type in OTHERS} == {
        data_type: macro(data_type) for data_type in OTHERS
    }
