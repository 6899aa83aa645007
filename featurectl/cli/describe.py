"""`featurectl describe NAME`: all that is known of one view, feature, training set, service or entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from featurectl.build import read_registry
from featurectl.cli.contract_yaml import contract_yaml
from featurectl.cli.descriptions import describe_named
from featurectl.cli.options import json_option, project_options
from featurectl.cli.page import page
from featurectl.cli.surroundings import Surroundings
from featurectl.cli.text import to_json

if TYPE_CHECKING:
    from featurectl.cli.project import Project


@click.command("describe", short_help="Describe one view, feature, training set, service or entity.")
@click.argument("name")
@click.option("--yaml", "as_yaml", is_flag=True, help="Print a contract for a training set, to paste into its YAML.")
@click.option("--example", "wants_example", is_flag=True, help="Show the newest row, read from the warehouse.")
@project_options
@json_option
def describe(project: Project, name: str, *, as_yaml: bool, wants_example: bool, as_json: bool) -> None:
    """Describe one thing: its types, owner, freshness, sources and users, and look-ups to copy.

    NAME is a view (orders, orders@v2), a feature (orders:count_7d), a training set, a service or an entity.

    \b
    Examples:
        featurectl describe plane_delays
        featurectl describe plane_delays:arr_delay_avg_7d --example
        featurectl describe --yaml late_arrival_training
    """
    manifest = project.manifest()
    registry = read_registry(manifest)
    if as_yaml:
        click.echo(contract_yaml(name, registry, manifest))
        return
    described = describe_named(name, registry, Surroundings(project, manifest, registry, wants_example=wants_example))
    click.echo(to_json(described) if as_json else page(described))
