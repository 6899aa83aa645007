"""Training sets to copy, which run as they are: Python on any spine, and the SQL of a dbt model."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from featurectl.cli.snippets import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from featurectl.registry import Column, TrainingSet

_EVENT_TIMESTAMP = "event_timestamp"
_EXAMPLES = (
    ("int", "1"),
    ("bool", "true"),
    ("date", "'2026-01-31'"),
    ("timestamp", "'2026-01-31 12:00:00'"),
    ("uuid", "'00000000-0000-0000-0000-000000000000'"),
)


@dataclass(frozen=True, slots=True)
class Spine:
    """The rows that a snippet enriches, to be replaced by the reader's own labels.

    Attributes:
        sql: Selects the keys and `event_timestamp`; it may call ``ref()``.
    """

    sql: str
    event_timestamp: str


def one_row(keys: Mapping[str, Column], values: Mapping[str, Any], adapter_type: str) -> Spine:
    """One entity, now: the training row is what a look-up would answer.

    Args:
        keys: Column of the spine to the join key that it stands for.
        values: Of the keys; made up where there are none.
    """
    cells = [
        f"cast({_literal(name, column, values)} as {column.data_type}) as {quoted(name, adapter_type)}"
        for name, column in keys.items()
    ]
    return Spine(f"select {', '.join(cells)}, current_timestamp as {_EVENT_TIMESTAMP}", _EVENT_TIMESTAMP)


def rows_of(training_set: TrainingSet, keys: Sequence[str], adapter_type: str) -> Spine:
    """Ten rows of the spine that a training set was made from, read back from it: its columns are there unchanged."""
    names = dict.fromkeys([*keys, training_set.event_timestamp])
    columns = ", ".join(quoted(name, adapter_type) for name in names)
    words = ["select", columns, "from", f"{{{{ ref('{training_set.name}') }}}}", "limit 10"]
    return Spine(" ".join(words), training_set.event_timestamp)


def in_python(features: str | Sequence[str], spine: Spine, project: Mapping[str, str], group: str | None = None) -> str:
    """Python that computes a training set without a model.

    Args:
        features: A service, or references.
        project: Arguments of `featurectl.Project`.
        group: In whose name private views are read.
    """
    if isinstance(features, str):
        asked = json.dumps(features)
    else:
        asked = "[\n" + "".join(f"        {json.dumps(feature)},\n" for feature in features) + "    ]"
    opened = ", ".join(f"{name}={json.dumps(value)}" for name, value in project.items())
    return "\n".join(
        (
            "import featurectl",
            "",
            f"project = featurectl.Project({opened})",
            "training = project.get_historical_features(",
            "    # your labels: SQL, a dbt model, a .parquet or .csv file, or a data frame with these columns",
            f"    spine={json.dumps(spine.sql)},",
            f"    event_timestamp={json.dumps(spine.event_timestamp)},",
            f"    features={asked},",
            *([f"    group={json.dumps(group)},"] if group else []),
            ")",
            "print(training.to_arrow().to_pylist())",
        )
    )


def in_sql(features: Sequence[str], spine: Spine) -> str:
    """SQL of a dbt model that is a training set."""
    return "\n".join(
        (
            "with spine as (",
            "",
            f"    {spine.sql}  -- your labels, with these columns",
            "",
            ")",
            "",
            "{{ featurectl.training_set(",
            "    spine='spine',",
            f"    event_timestamp='{spine.event_timestamp}',",
            "    features=[",
            *(f"        '{feature}'," for feature in features),
            "    ],",
            ") }}",
        )
    )


def _literal(name: str, column: Column, values: Mapping[str, Any]) -> str:
    """SQL of a value; what Jinja would take for its own is made up."""
    value = values.get(name)
    if value is None or "{" in str(value):
        return next((example for part, example in _EXAMPLES if part in column.data_type.lower()), "'...'")
    return str(value).lower() if isinstance(value, bool | int) else "'" + str(value).replace("'", "''") + "'"
