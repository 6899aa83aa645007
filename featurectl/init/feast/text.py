"""Pieces of SQL and YAML that are safe to write whatever the names and texts in them."""

from __future__ import annotations

import re
from typing import Any

import yaml

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
# Words that some engine reserves and that people give to columns.
_WORDS = """
    all and any as asc between by case cast check column create cross current_date current_time current_timestamp
    current_user default desc distinct else end except exists false fetch for foreign from full grant group having
    in inner intersect into is join left like limit not null offset on or order outer primary range references
    right row rows select set some table then to true union unique user using values when where window with
"""
_RESERVED = frozenset(_WORDS.split())


def must_quote(name: str) -> bool:
    """Whether a column needs quotes in SQL, and `quote: true` in YAML."""
    return _PLAIN.match(name) is None or name in _RESERVED


def identifier(name: str, engine: str) -> str:
    """A column as SQL: plain where that is safe."""
    if not must_quote(name):
        return name
    mark = "`" if engine in {"bigquery", "spark"} else '"'
    return mark + name.replace(mark, mark * 2) + mark


def verbatim(text: str) -> str:
    """A text that dbt renders, without its Jinja."""
    return f"{{% raw %}}{text}{{% endraw %}}" if any(mark in text for mark in ("{{", "{%", "{#")) else text


def to_yaml(value: Any) -> str:
    """Block YAML, keys in the order given."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text


class Flow(dict[str, Any]):
    """A mapping to write on one line."""


class FlowList(list[Any]):
    """A list to write on one line."""


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(
            flow, indentless=False
        )  # lists stand further in than their key, as in dbt's own examples

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True  # people read this: what is the same is written out


_Dumper.add_representer(
    Flow, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)
)
_Dumper.add_representer(
    FlowList, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)
)
