"""`featurectl list`: the names there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from featurectl.build import read_registry
from featurectl.cli.filter_options import filter_options
from featurectl.cli.options import json_option, manifest_options
from featurectl.cli.selecting import SelectingCommand
from featurectl.cli.text import duration, table, to_json
from featurectl.selection.filters import filtered

if TYPE_CHECKING:
    from featurectl.cli.project import Project
    from featurectl.registry import PinnedFeature, Registry
    from featurectl.selection.filters import Filters

_SHOWN = 3  # features of a service or training set in text; --json has them all

COLUMNS = {
    "view": ("name", "entity", "keys", "ttl", "owner", "features"),
    "feature": ("name", "data_type", "entity", "owner", "description"),
    "entity": ("name", "keys", "views"),
    "service": ("name", "training_set", "owner", "features"),
    "training-set": ("name", "event_timestamp", "owner", "features"),
}


@click.command("list", cls=SelectingCommand, short_help="List views, features, entities, services, training sets.")
@click.option(
    "--type", "kind", type=click.Choice(list(COLUMNS)), default="view", show_default=True, help="What to list."
)
@filter_options
@manifest_options
@json_option
def list_(project: Project, kind: str, filters: Filters, as_json: bool) -> None:
    """List feature views, features, entities, services or training sets.

    Filters combine: what is listed passes all of them. A filter given twice means either value.

    \b
    Examples:
        featurectl list
        featurectl list --type feature --entity plane
        featurectl list --type service --owner 'Data science'
        featurectl list --select stg_flights+ --online
        featurectl list --json | jq '.[].name'
    """
    manifest = project.manifest()
    rows = list_rows(filtered(read_registry(manifest), filters, manifest), kind)
    if as_json:
        click.echo(to_json(rows))
    elif rows:
        shown = [{**row, "ttl": duration(row.get("ttl_seconds")), "keys": _keys(row.get("join_keys"))} for row in rows]
        if kind in ("service", "training-set"):
            shown = [{**row, "features": shorter(row["features"])} for row in shown]
        click.echo(table(shown, COLUMNS[kind]))
    if not rows:
        what = kind.replace("-", " ")
        click.echo(f"No {what} passes the filters." if filters else f"The project declares no {what}.", err=True)


def shorter(references: list[str]) -> str:
    """A list of references for one line of text: the first three, and how many there are."""
    more = f", ... ({len(references)})" if len(references) > _SHOWN else ""
    return ", ".join(references[:_SHOWN]) + more


def list_rows(registry: Registry, kind: str) -> list[dict[str, Any]]:
    """One row a thing, ordered by name (and version); features by view, then in contract order."""
    return _ROWS[kind](registry)


def _views(registry: Registry) -> list[dict[str, Any]]:
    return [
        {
            "name": view.reference_name,
            "entity": view.entity,
            "join_keys": [column.name for column in view.join_keys],
            "features": [column.name for column in view.features],
            "ttl_seconds": view.ttl_seconds,
            "owner": view.owner,
            "tags": list(view.tags),
            "online": view.online,
            "is_latest": view.is_latest,
            "deprecation_date": view.deprecation_date,
            "description": view.description,
        }
        for view in registry.views
    ]


def _features(registry: Registry) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{view.reference_name}:{column.name}",
            "data_type": column.data_type,
            "view": view.reference_name,
            "entity": view.entity,
            "owner": view.owner,
            "online": view.online,
            "default": view.defaults.get(column.name),
            "description": column.description,
        }
        for view in registry.views
        for column in view.features
    ]


def _entities(registry: Registry) -> list[dict[str, Any]]:
    return [
        {"name": entity.name, "join_keys": [list(keys) for keys in entity.join_keys], "views": list(entity.views)}
        for entity in registry.entities
    ]


def _services(registry: Registry) -> list[dict[str, Any]]:
    return [
        {
            "name": service.name,
            "training_set": service.training_set,
            "owner": service.owner,
            "tags": list(service.tags),
            "features": _references(service.features),
        }
        for service in registry.services
    ]


def _training_sets(registry: Registry) -> list[dict[str, Any]]:
    return [
        {
            "name": training_set.name,
            "event_timestamp": training_set.event_timestamp,
            "owner": training_set.owner,
            "tags": list(training_set.tags),
            "features": _references(training_set.features),
        }
        for training_set in registry.training_sets
    ]


_ROWS = {
    "view": _views, "feature": _features, "entity": _entities, "service": _services, "training-set": _training_sets,
}  # fmt: skip


def _references(features: tuple[PinnedFeature, ...]) -> list[str]:
    return [feature.reference for feature in features]


def _keys(join_keys: list[Any] | None) -> list[str]:
    """Key columns on one line; an entity has several tuples of them."""
    return [" + ".join(keys) if isinstance(keys, list) else keys for keys in join_keys or []]
