"""`featurectl plan`: what a manifest would change, online or against another manifest."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from featurectl.artifacts.run_results import RUN_RESULTS, read_run_results
from featurectl.build import read_registry
from featurectl.cli.filter_options import selection_options
from featurectl.cli.get_online import default_namespace
from featurectl.cli.newer_files import tell_newer_files
from featurectl.cli.options import json_option, project_options
from featurectl.cli.plan_markdown import as_markdown
from featurectl.cli.plan_text import as_text
from featurectl.cli.selecting import SelectingCommand
from featurectl.cli.store_options import store_options
from featurectl.cli.sync_online import dry_url
from featurectl.cli.text import to_json
from featurectl.inspection.reader import OnlineReader
from featurectl.online.options import Options
from featurectl.online.quality import refusals
from featurectl.online.sync import sync
from featurectl.online.writers import open_writer
from featurectl.plan.against import plan_against
from featurectl.plan.changes import Movement
from featurectl.plan.parse import DbtParse
from featurectl.plan.served import plan_served
from featurectl.selection.views import select_views
from featurectl.warehouse import open_warehouse
from featurectl.warehouse.guard import require_same_target
from featurectl.warehouse.profile import read_target
from serving.format.keys import KeySpace
from serving.format.values import to_micros

if TYPE_CHECKING:
    from featurectl.cli.filter_options import Selectors
    from featurectl.cli.project import Project
    from featurectl.cli.store_options import StoreOptions
    from featurectl.manifest import Manifest
    from featurectl.online.report import ViewReport
    from featurectl.plan.changes import Change, Plan
    from featurectl.registry import FeatureView, Registry
    from serving.format.catalog import Catalog
    from serving.format.state import State


@click.command("plan", cls=SelectingCommand, short_help="Show what a sync would change, and what it would break.")
@click.option(
    "--against", metavar="MANIFEST|REF", help="Compare with this manifest.json or git ref, not with what is online."
)
@click.option("--vars", "variables", metavar="YAML", help="For `dbt parse` of a git ref, as dbt's own.")
@click.option("--no-rows", is_flag=True, help="Do not ask the warehouse what a sync would move.")
@click.option("--markdown", "as_md", is_flag=True, help="Print Markdown, for a comment on a pull request.")
@selection_options
@store_options
@project_options
@json_option
def plan(
    project: Project,
    store: StoreOptions,
    selectors: Selectors,
    against: str | None,
    variables: str | None,
    no_rows: bool,
    as_md: bool,
    as_json: bool,
) -> None:
    """Show what would change: views, features, services; what breaks, and whom; what a sync would move.

    Compares the manifest with what is online, or with another manifest; with --select, those views and the services and
    training sets that use one of them. Exits 0 without a difference, 2 with one, 3 with a breaking one.

    \b
    Examples:
        featurectl plan
        featurectl plan --no-rows --json
        featurectl plan --select plane_delays
        dbt compile && featurectl plan --against origin/main --markdown
    """
    if as_md and as_json:
        raise click.UsageError("--markdown and --json: expected one of them, got both")
    manifest = project.manifest()
    tell_newer_files(project, manifest)
    registry = read_registry(manifest)
    views = select_views(registry.views, selectors.select, selectors.exclude, manifest)
    only = {(view.name, view.version) for view in views} if selectors else None
    if against is not None:
        dbt = _dbt(project, variables)
        found = plan_against(registry, project.manifest_path, against, dbt, datetime.now(UTC), only)
    else:
        namespace = store.namespace or default_namespace(project)
        catalog, states = _served(store.url(project.project_dir), namespace)
        found = plan_served(registry, catalog, states, namespace, datetime.now(UTC), only)
        if not no_rows:
            movements = _movements(project, store, manifest, registry, views, namespace)
            found = replace(found, movements=tuple(_refused(each, found) for each in movements))
    if as_json:
        click.echo(_as_json(found))
    elif as_md:
        click.echo(as_markdown(found))
    else:
        click.echo(as_text(found))
        for warning in found.warnings:
            click.secho(f"Warning: {warning}", fg="yellow", err=True)
    click.get_current_context().exit(found.exit_code)


def _dbt(project: Project, variables: str | None) -> DbtParse:
    named = {"--target": project.target, "--profile": project.profile, "--vars": variables}
    options = tuple(text for name, value in named.items() if value for text in (name, value))
    return DbtParse(project.project_dir, options, project.profiles_dir)


def _served(url: str, namespace: str) -> tuple[Catalog | None, dict[tuple[str, int], State]]:
    """The catalog, and the state of each of its views; an embedded store that is not there yet serves nothing."""
    if dry_url(url) != url:
        return None, {}
    with closing(OnlineReader(url, KeySpace(namespace))) as reader:
        catalog = reader.catalog()
        states = {key: reader.state(*key) for key in (catalog.views if catalog else ())}
    return catalog, {key: state for key, state in states.items() if state is not None}


def _movements(
    project: Project,
    store: StoreOptions,
    manifest: Manifest,
    registry: Registry,
    selected: list[FeatureView],
    namespace: str,
) -> tuple[Movement, ...]:
    """What `sync-online --dry-run --accept-breaking` says."""
    views = [view for view in selected if view.online]
    run = read_run_results(project.manifest_path.with_name(RUN_RESULTS))
    target = read_target(
        project.project_dir, target=project.target, profile=project.profile, profiles_dir=project.profiles_dir
    )
    warehouse = open_warehouse(target, project.project_dir)
    require_same_target(registry, views, target, run, warehouse.database)
    options = Options(
        target=target.name,
        as_of_us=to_micros(store.as_of) if store.as_of else None,
        accept_breaking=True,
        dry_run=True,
        refusals=refusals(manifest, views, run, datetime.now(UTC)),
    )
    opener = partial(open_writer, dry_url(store.url(project.project_dir)), namespace)
    reports = sync(registry, views, warehouse, opener, KeySpace(namespace), options).views
    return tuple(map(_movement, reports))


def _movement(report: ViewReport) -> Movement:
    return Movement(report.view, report.read, report.rows_read, report.bytes, "; ".join(report.problems) or None)


def _refused(movement: Movement, found: Plan) -> Movement:
    """The movement of a view that a sync refuses, as it is once the break is accepted; with what it waits for."""
    is_broken = any(
        change.kind == "view" and change.name == movement.view and change.breaking for change in found.changes
    )
    if not is_broken or movement.problem is not None:
        return movement
    return replace(
        movement, problem="nothing of it is written unless its breaking change is accepted (--accept-breaking)"
    )


def _as_json(found: Plan) -> str:
    return to_json(
        {
            "against": found.against,
            "exit_code": found.exit_code,
            "summary": {
                "added": found.count("added"),
                "changed": found.count("changed"),
                "removed": found.count("removed"),
                "breaking": found.breaking_count,
            },
            "changes": [_change(change) for change in found.changes],
            "retired": found.retired,
            "warnings": found.warnings,
            "movements": found.movements,
        }
    )


def _change(change: Change) -> dict[str, Any]:
    return {**asdict(change), "is_breaking": bool(change.breaking)}
