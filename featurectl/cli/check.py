"""`featurectl check`: everything that is wrong, or might go wrong, with the project's features."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from featurectl.artifacts.catalog import read_catalog
from featurectl.checking.check import Asked, check_project
from featurectl.cli.findings import findings_page
from featurectl.cli.newer_files import tell_newer_files
from featurectl.cli.options import json_option, manifest_options
from featurectl.cli.selecting import SelectingCommand
from featurectl.cli.store_options import Instant
from featurectl.cli.text import to_json

if TYPE_CHECKING:
    from featurectl.checking.check import Checked
    from featurectl.cli.project import Project


@click.command("check", cls=SelectingCommand, short_help="Check declarations, keys, times and leakage.")
@click.option(
    "--select",
    "-s",
    multiple=True,
    help="Only these views (in dbt's syntax), training sets or services, with what uses and feeds them.",
)
@click.option("--exclude", multiple=True, help="Not these.")
@click.option("--warn-error", is_flag=True, help="Exit 1 on warnings, too.")
@click.option("--show-accepted", is_flag=True, help="Print accepted findings, with their reasons.")
@click.option("--as-of", type=Instant(), help="This instant in the place of now (ISO 8601, UTC).")
@manifest_options
@json_option
@click.pass_context
def check(
    ctx: click.Context,
    project: Project,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    warn_error: bool,
    show_accepted: bool,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Check feature views, training sets and services: declarations, keys, times, and the compiled SQL for leakage.

    Exits 1 when a finding is an error, 0 when there are only warnings or accepted findings. The SQL is that of the last
    `dbt compile` or `dbt build`; after `dbt docs generate` built training sets are compared with what they declare.
    docs/checks.md has every rule, and how to accept a finding.

    \b
    Examples:
        dbt compile && featurectl check
        featurectl check --select late_arrival_model --warn-error
        featurectl check --json | jq '.[] | select(.accepted == null) | .rule'
    """
    manifest = project.manifest()
    tell_newer_files(project, manifest)
    checked = check_project(
        manifest,
        Asked(
            project_dir=project.project_dir,
            as_of=as_of or datetime.now(UTC),
            built=read_catalog(project.manifest_path.with_name("catalog.json")),
            select=select,
            exclude=exclude,
        ),
    )
    shown = checked.findings if show_accepted else checked.standing()
    if as_json:
        click.echo(to_json(checked.findings))
    elif shown:
        click.echo(findings_page(shown) + "\n")
    click.echo(_summary(checked), err=True)
    if checked.standing("error") or (warn_error and checked.standing()):
        ctx.exit(1)


def _summary(checked: Checked) -> str:
    registry = checked.registry
    counts = [plural(len(checked.standing(severity)), severity) for severity in ("error", "warning")]
    if accepted := len(checked.accepted()):
        counts.append(f"{accepted} accepted")
    kinds = ("view", registry.views), ("training set", registry.training_sets), ("service", registry.services)
    return f"{', '.join(counts)}; well declared: " + ", ".join(plural(len(things), kind) for kind, things in kinds)


def plural(number: int, noun: str) -> str:
    """``1 view``, ``2 views``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
