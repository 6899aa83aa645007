"""Look-ups to copy, which run as they are: Python for the online store, SQL for the warehouse."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from featurectl.manifest import Relation
    from featurectl.registry import Column, FeatureView

# What stays a name without quotes everywhere; words that SQL keeps for itself are quoted, too.
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_RESERVED = (
    "all and any array as asc between both by case cast check column constraint create cross current current_date "
    "current_time current_timestamp date default desc distinct else end except exists false fetch for foreign from full "
    "grant group having in inner intersect interval into is join lateral left like limit natural not null offset on or "
    "order outer over partition primary references right row rows select session_user set some table then time timestamp "
    "to trailing true union unique update user using values when where window with"
)
_BACKTICKS = frozenset({"bigquery", "databricks", "mysql", "spark"})
_EXAMPLES = (
    ("int", "1"),
    ("bool", "True"),
    ("date", '"2026-01-31"'),
    ("timestamp", '"2026-01-31T12:00:00Z"'),
    ("uuid", '"00000000-0000-0000-0000-000000000000"'),
)


def look_up(
    features: str | Sequence[str],
    keys: Mapping[str, Column],
    environment: Mapping[str, str | None],
    values: Mapping[str, Any] | None = None,
) -> str:
    """Python that asks for a service or references.

    Args:
        features: A service, or references.
        keys: What a request calls the join keys, and their columns.
        environment: The variables that `from_env` reads, each with the value to set where it is not set; None where it is.
        values: Of the keys; made up, to be replaced, where there are none.
    """
    row = ", ".join(f"{json.dumps(name)}: {_value(name, column, values or {})}" for name, column in keys.items())
    if isinstance(features, str):
        asked = json.dumps(features)
    else:
        asked = "[\n" + "".join(f"        {json.dumps(feature)},\n" for feature in features) + "    ]"
    unset = {name: value for name, value in environment.items() if value is not None}
    return "\n".join(
        (
            *(["import os", ""] if unset else []),
            "from serving import FeatureStore",
            "",
            f"# from_env() reads {' and '.join(environment)}{'; in production, set them outside' if unset else ''}.",
            *(f"os.environ.setdefault({json.dumps(name)}, {json.dumps(value)})" for name, value in unset.items()),
            "store = FeatureStore.from_env()",
            "answer = store.get_online_features(",
            f"    features={asked},",
            f"    entity_rows=[{{{row}}}],",
            ")",
            "print(answer.to_dict())",
        )
    )


def newest_rows(view: FeatureView, adapter_type: str, features: Sequence[str] | None = None) -> str:
    """SQL for the view's newest rows."""
    keys = [column.name for column in view.join_keys]
    names = [*keys, view.event_timestamp.name, *(features or [column.name for column in view.features])]
    columns = ",\n".join(f"    {quoted(name, adapter_type)}" for name in names)
    event = quoted(view.event_timestamp.name, adapter_type)
    return "\n".join(
        ("select", columns, f"from {_relation(view.relation, adapter_type)}", f"order by {event} desc", "limit 10")
    )


def some_rows(relation: Relation, adapter_type: str) -> str:
    """SQL for a few rows of a table."""
    return "\n".join(("select *", f"from {_relation(relation, adapter_type)}", "limit 10"))


def _relation(relation: Relation, adapter_type: str) -> str:
    parts = (relation.database, relation.schema, relation.identifier)
    return ".".join(quoted(part, adapter_type) for part in parts if part)


def quoted(name: str, adapter_type: str) -> str:
    """The name as it is where that is well: quotes change what a folding warehouse finds."""
    if _PLAIN.fullmatch(name) and name not in _RESERVED.split():
        return name
    mark = "`" if adapter_type in _BACKTICKS else '"'
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"


def _value(name: str, column: Column, values: Mapping[str, Any]) -> str:
    if name not in values:
        data_type = column.data_type.lower()
        return next((example for part, example in _EXAMPLES if part in data_type), '"..."')
    value = values[name]
    return repr(value) if isinstance(value, bool | int) else json.dumps(str(value))
