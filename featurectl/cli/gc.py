"""`featurectl gc`: remove what no manifest names any more from the online store."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import click
import msgspec

from featurectl.cli.get_online import default_namespace
from featurectl.cli.options import json_option, project_options
from featurectl.cli.store_options import store_options
from featurectl.online.removal import collect, require_catalog, retired
from featurectl.online.writers import open_existing
from serving.format.keys import KeySpace

if TYPE_CHECKING:
    from featurectl.cli.project import Project
    from featurectl.cli.store_options import StoreOptions


@click.command("gc", short_help="Remove what has been out of the manifest for seven days.")
@click.option("--yes", is_flag=True, help="Remove; without it only say what would be.")
@store_options
@project_options
@json_option
def gc(project: Project, store: StoreOptions, yes: bool, as_json: bool) -> None:
    """Remove views and services that have been out of the manifest for seven days.

    `sync-online` marks them when it runs with a manifest that no longer names them. Without --yes nothing is removed.

    \b
    Examples:
        featurectl gc
        featurectl gc --yes
    """
    namespace = store.namespace or default_namespace(project)
    opener = partial(open_existing, store.url(project.project_dir), namespace)
    keyspace = KeySpace(namespace)
    with closing(opener()) as writer:
        entries = retired(require_catalog(writer.read_catalog(), keyspace), store.as_of or datetime.now(UTC))
        for entry in entries:
            removal = collect(entry, writer, opener, keyspace, is_dry=not yes)
            if as_json:
                click.echo(msgspec.json.encode({**asdict(removal), "removed": yes}).decode())
            else:
                click.echo(f"{removal.name}: {removal.keys:,} rows {'removed' if yes else 'would be removed'}")
    if not entries:
        click.echo("Nothing has been out of the manifest for seven days.", err=True)
    elif not yes:
        click.echo("Remove them with --yes.", err=True)
