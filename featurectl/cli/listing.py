"""`featurectl list`: the names there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from featurectl.cli.options import json_option, manifest_options
from featurectl.cli.text import duration, table, to_json

if TYPE_CHECKING:
    from featurectl.cli.project import Project
    from featurectl.registry import PinnedFeature, Registry

COLUMNS = {
    "view": ("name", "entity", "keys", "ttl", "owner", "features"),
    "entity": ("name", "keys", "views"),
    "service": ("name", "training_set", "owner", "features"),
    "training-set": ("name", "event_timestamp", "owner", "features"),
}


@click.command("list")
@click.option(
    "--type", "kind", type=click.Choice(list(COLUMNS)), default="view", show_default=True, help="What to list."
)
@manifest_options
@json_option
def list_(project: Project, kind: str, as_json: bool) -> None:
    """List feature views, entities, services or training sets.

    \b
    Examples:
        featurectl list
        featurectl list --type service
        featurectl list --json | jq '.[].name'
    """
    rows = list_rows(project.registry(), kind)
    if as_json:
        click.echo(to_json(rows))
    elif rows:
        shown = [{**row, "ttl": duration(row.get("ttl_seconds")), "keys": _keys(row.get("join_keys"))} for row in rows]
        click.echo(table(shown, COLUMNS[kind]))
    else:
        click.echo(f"The project declares no {kind.replace('-', ' ')}.", err=True)


def list_rows(registry: Registry, kind: str) -> list[dict[str, Any]]:
    """One row a thing, ordered by name (and version)."""
    if kind == "entity":
        return [
            {"name": entity.name, "join_keys": [list(keys) for keys in entity.join_keys], "views": list(entity.views)}
            for entity in registry.entities
        ]
    if kind == "service":
        return [
            {
                "name": service.name,
                "training_set": service.training_set,
                "owner": service.owner,
                "features": _references(service.features),
            }
            for service in registry.services
        ]
    if kind == "training-set":
        return [
            {
                "name": training_set.name,
                "event_timestamp": training_set.event_timestamp,
                "owner": training_set.owner,
                "features": _references(training_set.features),
            }
            for training_set in registry.training_sets
        ]
    return [
        {
            "name": view.reference_name,
            "entity": view.entity,
            "join_keys": [column.name for column in view.join_keys],
            "features": [column.name for column in view.features],
            "ttl_seconds": view.ttl_seconds,
            "owner": view.owner,
            "online": view.online,
            "is_latest": view.is_latest,
            "description": view.description,
        }
        for view in registry.views
    ]


def _references(features: tuple[PinnedFeature, ...]) -> list[str]:
    return [feature.reference for feature in features]


def _keys(join_keys: list[Any] | None) -> list[str]:
    """Key columns on one line; an entity has several tuples of them."""
    return [" + ".join(keys) if isinstance(keys, list) else keys for keys in join_keys or []]
