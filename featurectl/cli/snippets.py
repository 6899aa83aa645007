"""Look-ups to copy: Python for the online store, SQL for the warehouse."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from featurectl.manifest import Relation
    from featurectl.registry import Column, FeatureView

_EXAMPLES = (("int", "1"), ("bool", "True"), ("date", '"2026-01-31"'), ("timestamp", '"2026-01-31T12:00:00Z"'))


def look_up(features: str | Sequence[str], join_keys: Iterable[Column], names: Sequence[str] | None = None) -> str:
    """Python that asks for a service or references; the key values are made up, to be replaced.

    Args:
        features: A service, or references.
        join_keys: Give the types of the values.
        names: What a request calls the keys, where that differs from the columns' names.
    """
    columns = list(join_keys)
    keys = names or [column.name for column in columns]
    row = ", ".join(f"{json.dumps(name)}: {_example(column)}" for name, column in zip(keys, columns, strict=True))
    if isinstance(features, str):
        asked = json.dumps(features)
    else:
        asked = "[\n" + "".join(f"        {json.dumps(feature)},\n" for feature in features) + "    ]"
    return "\n".join(
        (
            "from serving import FeatureStore",
            "",
            "store = FeatureStore.from_env()",
            "answer = store.get_online_features(",
            f"    features={asked},",
            f"    entity_rows=[{{{row}}}],",
            ")",
            "print(answer.to_dict())",
        )
    )


def newest_rows(view: FeatureView, features: Sequence[str] | None = None) -> str:
    """SQL for the view's newest rows."""
    keys = [column.name for column in view.join_keys]
    names = [*keys, view.event_timestamp.name, *(features or [column.name for column in view.features])]
    lines = ["select", ",\n".join(f"    {name}" for name in names), f"from {view.relation}"]
    return "\n".join([*lines, f"order by {view.event_timestamp.name} desc", "limit 10"])


def some_rows(relation: Relation) -> str:
    """SQL for a few rows of a table."""
    return "\n".join(("select *", f"from {relation}", "limit 10"))


def _example(column: Column) -> str:
    data_type = column.data_type.lower()
    return next((example for part, example in _EXAMPLES if part in data_type), '"..."')
