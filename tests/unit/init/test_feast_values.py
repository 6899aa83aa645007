"""What an expression says, without running it."""

from __future__ import annotations

import ast

import pytest

from featurectl.init.feast.values import Call, Symbol, Unknown, Values

NAMES = {
    "PREFIX": "raw_",
    "DAYS": 7,
    "Path": Symbol("Path"),
    "os": Symbol("os"),
    "feast": Symbol("feast"),
    "KEYS": ["a"],
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'a' + PREFIX", "araw_"),
        ("f'{PREFIX}{DAYS}'", "raw_7"),
        ("60 * 60 * DAYS", 25_200),
        ("-1", -1),
        ("[*KEYS, 'b']", ["a", "b"]),
        ("KEYS + ['b']", ["a", "b"]),
        ("dict(a=1)", {"a": 1}),
        ("{**dict(a=1), 'b': 2}", {"a": 1, "b": 2}),
        ("str(Path(__file__).parent / 'data' / 'x.parquet')", "/repo/sub/data/x.parquet"),
        ("os.path.join(os.path.dirname(__file__), 'x.parquet')", "/repo/sub/x.parquet"),
        ("feast.types.Float32", Symbol("Float32")),
        ("feast.ValueType.INT64", Symbol("ValueType.INT64")),
        ("os.environ['X']", Unknown("os.environ['X']")),
        ("[PREFIX + name for name in [*KEYS, 'b']]", ["raw_a", "raw_b"]),
        ("[f'{a}_{n}' for a, n in [('x', 1), ('y', 2)]]", ["x_1", "y_2"]),
        ("[[a + b for b in KEYS] for a in ['x', 'y']]", [["xa"], ["ya"]]),
        ("[name for name in KEYS if name]", Unknown("[name for name in KEYS if name]")),
        ("[a + b for a in KEYS for b in KEYS]", Unknown("[a + b for a in KEYS for b in KEYS]")),
        ("[name for name in OTHERS]", Unknown("[name for name in OTHERS]")),
        ("1 if KEYS else 2", Unknown("1 if KEYS else 2")),
        ("PREFIX * DAYS", Unknown("PREFIX * DAYS")),
    ],
)
def test_an_expression_is_its_value_or_unknown(text, value):
    """Nothing is guessed: what only running it would tell keeps its text."""
    assert Values("sub/file.py", "/repo", NAMES.get).read(ast.parse(text, mode="eval").body) == value


def test_a_call_keeps_arguments_and_line():
    """Keywords of a dictionary are keywords."""
    call = Values("file.py", "/repo", NAMES.get).read(
        ast.parse("\nfeast.Entity('a', **dict(b=DAYS))", mode="eval").body
    )

    assert isinstance(call, Call)
    assert (call.name, call.args, call.kwargs, call.where) == ("Entity", ["a"], {"b": 7}, "file.py:2")


def test_each_round_of_a_comprehension_has_its_own_call():
    """And none of them is a definition: those are told of as unread."""
    values = Values("file.py", "/repo", NAMES.get)
    calls = values.read(ast.parse("[feast.Field(name=name) for name in ['a', 'b']]", mode="eval").body)

    assert [call.kwargs for call in calls] == [{"name": "a"}, {"name": "b"}]
    assert values.calls == {}


@pytest.mark.parametrize(
    ("text", "args", "kwargs"),
    [
        ("datetime.timedelta(weeks=2) * 3", [], {"weeks": 6}),
        ("3 * datetime.timedelta(1, hours=2)", [3], {"hours": 6}),
    ],
)
def test_a_timedelta_may_be_multiplied(text, args, kwargs):
    call = Values("file.py", "/repo", {"datetime": Symbol("datetime")}.get).read(ast.parse(text, mode="eval").body)

    assert (call.name, call.args, call.kwargs) == ("timedelta", args, kwargs)
