"""The model and YAML of a Feast view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from featurectl.init.feast.sources import source_names
from featurectl.init.feast.text import Flow, FlowList, identifier, must_quote, to_yaml, verbatim
from featurectl.init.starter import as_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from featurectl.init.feast.columns import Column, Columns
    from featurectl.init.feast.definitions import View

_PERIODS = (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
# The data has not been seen yet: what is not as it should be is told, and does not stop the build.
_WARN = {"config": Flow(severity="warn")}


def view_files(view: View, columns: Columns, model: str, engine: str) -> dict[str, str]:
    """models/feature_views/<model>.sql and .yml."""
    path = f"models/feature_views/{model}"
    return {
        f"{path}.sql": _sql(view, columns, engine),
        f"{path}.yml": to_yaml(_properties(view, columns, model, engine)),
    }


def groups_file(views: Iterable[View]) -> dict[str, str]:
    """models/groups.yml, with a group an owner; nothing where no view has one."""
    groups: dict[str, dict[str, Any]] = {}
    for view in views:
        if view.owner:
            owner = {"email": view.owner} if "@" in view.owner else {"name": view.owner}
            groups.setdefault(group_of(view.owner), {"name": group_of(view.owner), "owner": owner})
    return {"models/groups.yml": to_yaml({"groups": list(groups.values())})} if groups else {}


def group_of(owner: str) -> str:
    """The dbt group of an owner: the part of an address before the @."""
    return as_name(owner.partition("@")[0])


def tags_of(tags: dict[str, str]) -> list[str]:
    """Feast's pairs as dbt's words."""
    return [f"{key}={value}" if value else key for key, value in tags.items()]


def _sql(view: View, columns: Columns, engine: str) -> str:
    lines = ["select"]
    last = columns.all[-1]
    for column in columns.all:
        source_name, name = identifier(column.source_name, engine), identifier(column.name, engine)
        lines.append(f"    cast({source_name} as {column.data_type}) as {name}{'' if column is last else ','}")
    if view.source.query:
        query = verbatim(view.source.query.strip().rstrip(";"))
        lines += ["from (", *(f"    {line}".rstrip() for line in query.splitlines()), ") as source_rows"]
    else:
        source, table = source_names(view.source)
        lines.append(f"from {{{{ source('{source}', '{table}') }}}}")
    return "\n".join(lines) + "\n"


def _properties(view: View, columns: Columns, model: str, engine: str) -> dict[str, Any]:
    entities = [as_name(name) for name in view.entities]
    block: dict[str, Any] = {
        "entity": "_".join(dict.fromkeys(entities)),
        "join_keys": FlowList(column.name for column in columns.keys),
    }
    if columns.created_timestamp:
        block["created_timestamp"] = columns.created_timestamp.name
    if view.ttl_seconds:
        period, seconds = next((period, size) for period, size in _PERIODS if view.ttl_seconds % size == 0)
        block["ttl"] = Flow(count=view.ttl_seconds // seconds, period=period)
    if not view.online:
        block["online"] = False
    config: dict[str, Any] = {"event_time": columns.event_timestamp.name, "contract": Flow(enforced=True)}
    if view.owner:
        config["group"] = group_of(view.owner)
    config["tags"] = FlowList(["feature", *tags_of(view.tags)])
    if engine == "postgres":
        indexed = [column.name for column in (*columns.keys, columns.event_timestamp)]
        config["indexes"] = [Flow(columns=FlowList(indexed))]
    config["meta"] = {"feature_view": block}
    described = {"description": verbatim(view.description)} if view.description else {}
    return {
        "models": [
            {
                "name": model,
                **described,
                "config": config,
                "data_tests": [{"featurectl.unique_feature_rows": _WARN}, {"featurectl.no_future_feature_rows": _WARN}],
                "columns": [_column(column, columns) for column in columns.all],
            }
        ]
    }


def _column(column: Column, columns: Columns) -> dict[str, Any]:
    properties: dict[str, Any] = {"name": column.name, "data_type": column.data_type}
    if must_quote(column.name):
        properties["quote"] = True
    if column.description:
        properties["description"] = verbatim(column.description)
    if column in (*columns.keys, columns.event_timestamp):
        properties["data_tests"] = [{"not_null": _WARN}]
    return properties
