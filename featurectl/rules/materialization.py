"""A feature view is an SQL model, built as a table, a view or incrementally."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from featurectl.manifest import Node
    from featurectl.rules.finding import Place

MATERIALIZED = ("table", "view", "incremental")


def check_materialization(node: Node, place: Place) -> None:
    """Report nodes whose contract dbt does not enforce, with the one-line select that wraps them."""
    if node.resource_type != "model":
        got = f"a {node.resource_type}"
    elif node.language == "python":
        got = "a python model"
    elif node.config.materialized not in MATERIALIZED:
        got = f"materialized={node.config.materialized!r}"
    else:
        return
    place.error(
        "materialization",
        f"config.meta.feature_view: expected an SQL model materialized as {', '.join(MATERIALIZED)}, got {got}",
        f"Wrap it in a model of one line and move the block there: {wrapping_select(node)}",
    )


def wrapping_select(node: Node) -> str:
    """The SQL text of a model that exposes the node under a contract."""
    named = f"'{node.name}'"
    if node.resource_type == "source":
        named = f"'{node.unique_id.split('.')[-2]}', {named}"
    macro = "source" if node.resource_type == "source" else "ref"
    return " ".join(("select * from {{", f"{macro}({named})", "}}"))
