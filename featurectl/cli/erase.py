"""`featurectl erase`: remove one entity from the online store."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

import click
import msgspec

from featurectl.build import read_registry
from featurectl.cli.get_online import default_namespace
from featurectl.cli.options import json_option, project_options
from featurectl.cli.store_options import store_options
from featurectl.online.removal import erase, keyed_views, keys_of_entity, require_catalog
from featurectl.online.writers import open_existing
from serving.format.keys import KeySpace

if TYPE_CHECKING:
    from featurectl.cli.project import Project
    from featurectl.cli.store_options import StoreOptions


@click.command("erase")
@click.option(
    "--entity",
    required=True,
    metavar="ENTITY=KEY",
    help="An entity and its key, columns joined by |; or each join key: origin=EWR,dest=IAH.",
)
@store_options
@project_options
@json_option
def erase_entity(project: Project, store: StoreOptions, entity: str, as_json: bool) -> None:
    """Remove one entity from every feature view online.

    Remove it from the warehouse first: the next sync publishes again what is still there.

    \b
    Examples:
        featurectl erase --entity plane=N14228
        featurectl erase --entity 'route=EWR|IAH'
        featurectl erase --entity origin=EWR,dest=IAH
    """
    wanted = _pairs(entity)
    namespace = store.namespace or default_namespace(project)
    views = read_registry(project.manifest()).views
    opener = partial(open_existing, store.url(project.project_dir), namespace)
    with closing(opener()) as writer:
        keyspace = KeySpace(namespace)
        catalog = writer.read_catalog()
        keys = keys_of_entity(keyed_views(views, catalog), wanted, keyspace)
        if writer.read_rows(list(keys.values())) == [None] * len(keys):
            # A first sync that died leaves rows without a catalog; without either, "was not there" would be no answer.
            require_catalog(catalog, keyspace)
        removals = erase(keys, writer, opener, keyspace)
    for removal in removals:
        if as_json:
            click.echo(msgspec.json.encode(asdict(removal)).decode())
        else:
            click.echo(f"{removal.name}: {'erased' if removal.keys else 'was not there'}")
    erased = {removal.name for removal in removals if removal.keys}
    tables = [str(view.relation) for view in views if view.reference_name in erased]
    if tables:
        tables_text = ", ".join(tables)
        click.echo(f"Erased online only: what {tables_text} still has of it, the next sync publishes again.", err=True)


def _pairs(text: str) -> dict[str, str]:
    """`name=value` pairs; a comma separates them where another name follows, and belongs to the value where none does."""
    pairs: list[tuple[str, str]] = []
    for part in text.split(","):
        name, separator, value = part.partition("=")
        if separator and name.strip():
            pairs.append((name.strip(), value))
        elif pairs:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]},{part}")
        else:
            raise click.BadParameter(f"expected NAME=VALUE, got {text!r}", param_hint="--entity")
    return dict(pairs)
