"""The block of the tool dbt-features, `config.meta.feature_store` (newer: `feature_catalog`), as an alias of ours.

    theirs                           ours
    is_feature_table: true           the model is a feature view
    entity: customer_id (or a list)  join_keys: [customer_id], entity: customer
    grain, where entity is absent    join_keys, without the timestamp column
    timestamp_column                 config.event_time, where the model has none
    exclude_columns; is_feature: false on a column; a grain column that is no key    exclude
    freshness                        freshness
    owner, tags, description         owner where the model has no group; added tags; the description where it has none

Every other key of theirs says nothing that we need. Their tool asks for less than ours (no contract, no timestamp), so what
is missing for a feature view is warned of, never an error: another tool's block must not stop a project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from featurectl.manifest import Node, NodeColumn

BLOCKS = ("feature_store", "feature_catalog")
OURS = "feature_view"


def alias_of(node: Node) -> str | None:
    """The name of their block, where it marks the model and ours is absent."""
    if node.resource_type != "model" or any(OURS in (meta or {}) for meta in (node.config.meta, node.meta)):
        return None
    return next((name for name in BLOCKS if _block(node, name).get("is_feature_table") is True), None)


def as_ours(node: Node, name: str) -> Node:
    """The model as it would be with our block instead of theirs."""
    theirs = _block(node, name)
    timestamp = theirs.get("timestamp_column")
    grain = [column for column in _names(theirs.get("grain")) if column != timestamp]
    join_keys = _names(theirs.get("entity")) or grain
    event_time = node.config.event_time or timestamp
    wanted = {*_names(theirs.get("exclude_columns")), *grain, timestamp, *_declined(node.columns.values(), name)}
    exclude = [column for column in node.columns if column in wanted - {*join_keys, event_time}]
    block: dict[str, Any] = {"entity": _entity(join_keys), "join_keys": join_keys}
    if exclude:
        block["exclude"] = exclude
    if isinstance(theirs.get("freshness"), dict):
        block["freshness"] = theirs["freshness"]
    config = msgspec.structs.replace(
        node.config,
        meta={OURS: block},
        event_time=event_time,
        group=node.config.group or node.group or theirs.get("owner"),
    )
    return msgspec.structs.replace(
        node,
        config=config,
        description=node.description or theirs.get("description"),
        tags=list(dict.fromkeys([*node.tags, *_names(theirs.get("tags"))])),
    )


def in_our_words(ours: Node) -> str:
    """What to write instead, on one line of YAML."""
    block = (ours.config.meta or {})[OURS]
    return f"event_time: {ours.config.event_time or '<column>'}, meta: {{{OURS}: {_yaml(block)}}}"


def _block(node: Node, name: str) -> dict[str, Any]:
    block = (node.config.meta or {}).get(name) or (node.meta or {}).get(name)
    return block if isinstance(block, dict) else {}


def _declined(columns: Any, name: str) -> set[str]:
    return {column.name for column in columns if _column_block(column, name).get("is_feature") is False}


def _column_block(column: NodeColumn, name: str) -> dict[str, Any]:
    block = ((column.config.meta if column.config else None) or {}).get(name)
    return block if isinstance(block, dict) else {}


def _names(value: Any) -> list[str]:
    """A name or a list of names, as they allow both."""
    given = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [each for each in given if isinstance(each, str) and each]


def _entity(join_keys: list[str]) -> str | None:
    """The thing that the keys identify: ``customer_id`` is of a customer."""
    return "_".join(key.removesuffix("_id") for key in join_keys) or None


def _yaml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_yaml(each) for each in value) + "]"
    return "<name>" if value is None else str(value)
