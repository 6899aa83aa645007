"""`featurectl check`: everything that is wrong, or might go wrong, with the project's metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from featurectl.build import inspect
from featurectl.built import read_built_columns
from featurectl.cli.options import json_option, manifest_options
from featurectl.cli.text import to_json
from featurectl.rules.built_table import check_built_tables

if TYPE_CHECKING:
    from featurectl.cli.project import Project
    from featurectl.rules.finding import Finding

COLORS = {"error": "red", "warning": "yellow"}


@click.command("check")
@manifest_options
@json_option
@click.pass_context
def check(ctx: click.Context, project: Project, as_json: bool) -> None:
    """Check the metadata of feature views, training sets and services.

    Prints one finding a line; exits 1 when any is an error, 0 when there are only warnings. After `dbt docs generate`
    the built training sets are compared with what they declare, too.

    \b
    Example:
        dbt parse && featurectl check
    """
    manifest = project.manifest()
    registry, findings = inspect(manifest)
    findings += check_built_tables(
        manifest, registry, read_built_columns(project.manifest_path.with_name("catalog.json"))
    )
    if as_json:
        click.echo(to_json(findings))
    for finding in [] if as_json else findings:
        click.echo(f"{click.style(finding.severity, fg=COLORS[finding.severity])}: {finding}")
        if finding.hint:
            click.echo(f"    {finding.hint}")
    errors = counted(findings, "error")
    kinds = ("view", registry.views), ("training set", registry.training_sets), ("service", registry.services)
    things = ", ".join(plural(len(declared), kind) for kind, declared in kinds)
    warnings = plural(counted(findings, "warning"), "warning")
    click.echo(f"{plural(errors, 'error')}, {warnings}; well declared: {things}", err=True)
    if errors:
        ctx.exit(1)


def counted(findings: list[Finding], severity: str) -> int:
    """How many findings are of one severity."""
    return sum(finding.severity == severity for finding in findings)


def plural(number: int, noun: str) -> str:
    """``1 view``, ``2 views``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
