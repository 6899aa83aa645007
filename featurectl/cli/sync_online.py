"""`featurectl sync-online`: publish the newest rows of feature views."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from featurectl.artifacts.run_results import RUN_RESULTS, read_run_results
from featurectl.build import read_registry
from featurectl.cli.newer_files import tell_newer_files
from featurectl.cli.options import SELECT_HELP, project_options
from featurectl.cli.progress import Progress
from featurectl.cli.selecting import SelectingCommand
from featurectl.cli.store_options import store_options
from featurectl.cli.sync_options import sync_options
from featurectl.errors import FeaturectlError, SyncError
from featurectl.git import head_commit
from featurectl.manifest import require_compiled
from featurectl.online.metrics import write_metrics
from featurectl.online.options import Options
from featurectl.online.quality import doubts, refusals
from featurectl.online.reach import ALWAYS_WHOLE
from featurectl.online.report import ViewReport
from featurectl.online.services import ACCEPT_HINT
from featurectl.online.sync import sync
from featurectl.online.writers import open_writer
from featurectl.selection.views import select_views
from featurectl.warehouse import open_warehouse
from featurectl.warehouse.guard import is_of_last_run, require_same_target
from featurectl.warehouse.profile import read_target
from serving.format.keys import KeySpace
from serving.format.values import from_micros, to_micros
from serving.stores import sqlite_path

if TYPE_CHECKING:
    from featurectl.cli.project import Project
    from featurectl.cli.store_options import StoreOptions
    from featurectl.cli.sync_options import SyncFlags


@click.command("sync-online", cls=SelectingCommand)
@click.option("--select", "-s", multiple=True, help=SELECT_HELP)
@click.option("--exclude", multiple=True, help="Views to leave out, written the same way.")
@sync_options
@store_options
@project_options
@click.option(
    "--json/--text",
    "as_json",
    default=lambda: not sys.stdout.isatty(),
    help="One JSON object a view, or one line of text; without either: text on a terminal, JSON elsewhere.",
)
def sync_online(
    project: Project,
    store: StoreOptions,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    flags: SyncFlags,
    as_json: bool,
) -> None:
    """Copy the newest rows of feature views to the online store.

    Prints one line a view as soon as it is done: text on a terminal, with progress, and a JSON object elsewhere. A view
    that fails does not stop the others; exit 8 says that some were not published.

    \b
    Examples:
        featurectl sync-online
        featurectl sync-online --select plane_delays --as-of 2013-07-01T18:00:00Z
        featurectl sync-online --online-store redis://127.0.0.1:6379/0 --json
    """
    manifest = project.manifest()
    tell_newer_files(project, manifest)
    registry = read_registry(manifest)
    views = [view for view in select_views(registry.views, select, exclude, manifest) if view.online]
    run = read_run_results(project.manifest_path.with_name(RUN_RESULTS))
    if not is_of_last_run(registry, run):
        require_compiled(manifest, [view.unique_id for view in views])
    target = read_target(
        project.project_dir, target=project.target, profile=project.profile, profiles_dir=project.profiles_dir
    )
    warehouse = open_warehouse(target, project.project_dir)
    require_same_target(registry, views, target, run, warehouse.database)
    with warehouse.reading():
        pass  # a warehouse that nobody can open is one error, said before a store is made or touched
    namespace = store.namespace or f"{registry.project}:{target.name}"
    url = store.url(project.project_dir)
    if flags.dry_run:
        url = dry_url(url)
    options = Options(
        target=target.name,
        git_commit=head_commit(project.project_dir),
        as_of_us=to_micros(store.as_of) if store.as_of else None,
        since_us=to_micros(flags.since) if flags.since else None,
        force=flags.force,
        accept_breaking=flags.accept_breaking,
        full_refresh=flags.full_refresh,
        dry_run=flags.dry_run,
        threads=flags.threads,
        refusals=refusals(manifest, views, run, datetime.now(UTC)),
        doubts=doubts(manifest, views, run),
    )
    done: list[ViewReport] = []

    def show(report: ViewReport) -> None:
        done.append(report)
        with progress.result_of(report):
            click.echo(_as_json(report) if as_json else _as_text(report, is_dry=flags.dry_run))

    try:
        with Progress(sys.stderr) as progress:
            outcome = sync(
                registry,
                views,
                warehouse,
                partial(open_writer, url, namespace),
                KeySpace(namespace),
                options,
                progress.update,
                show,
            )
    except (FeaturectlError, KeyboardInterrupt) as error:
        # The file of an earlier run would go on saying that all is well.
        failed = [
            ViewReport(view.reference_name, problems=[str(error) or "interrupted"]) for view in views[len(done) :]
        ]
        _write_metrics(flags, namespace, [*done, *failed])
        raise
    if not views:
        what = "the selection means" if select or exclude else "the manifest has"
        click.secho(f"Warning: {what} no view that is online", fg="yellow", err=True)
    warnings = [warning for report in outcome.views for warning in report.warnings] + outcome.warnings
    for warning in dict.fromkeys(warnings):  # what holds for several views is said once
        click.secho(f"Warning: {warning}", fg="yellow", err=True)
    for service in outcome.services:
        click.echo(f"service {service} is online", err=True)
    _write_metrics(flags, namespace, outcome.views)
    failed = [report for report in outcome.views if not report.succeeded]
    if failed or outcome.refusals:
        raise _failure(failed, len(outcome.views), outcome.refusals)


def _write_metrics(flags: SyncFlags, namespace: str, reports: list[ViewReport]) -> None:
    if flags.metrics_file and not flags.dry_run:
        write_metrics(flags.metrics_file, namespace, reports)


def dry_url(url: str) -> str:
    """A dry run must not create the embedded store: one that is not there is empty."""
    return url if not url.startswith("sqlite:") or Path(sqlite_path(url)).exists() else "sqlite::memory:"


def _failure(failed: list[ViewReport], count: int, refusals: list[str]) -> SyncError:
    parts, hints = [], [report.hint for report in failed if report.hint]
    if failed:
        lines = "\n".join(f"  {problem}" for report in failed for problem in report.problems)
        parts.append(f"{len(failed)} of {count} views were not (wholly) published:\n{lines}")
    if refusals:
        lines = "\n".join(f"  {refusal}" for refusal in refusals)
        parts.append(f"expected no breaking change, got:\n{lines}")
        hints.append(ACCEPT_HINT)
    return SyncError("\n".join(parts), hint=" ".join(dict.fromkeys(hints)) or None)


def _as_json(report: ViewReport) -> str:
    record = asdict(report)
    del record["rows_expected"]
    record["watermark"] = _instant(record.pop("watermark_us"))
    record["seconds"] = round(report.seconds, 3)
    return msgspec.json.encode(record).decode()


def _as_text(report: ViewReport, *, is_dry: bool) -> str:
    mark = click.style("ok", fg="green") if report.succeeded else click.style("failed", fg="red")
    line = (
        f"{mark} {report.view}: {report.written:,} of {report.rows_read:,} rows {'would be ' if is_dry else ''}written"
    )
    others = {
        "older than the store's": report.skipped_older,
        "expired": report.expired,
        "deleted": report.deleted,
        "with a null key": report.null_keys,
        "rejected": report.rejected,
    }
    line += "".join(f", {count:,} {what}" for what, count in others.items() if count)
    watermark = _instant(report.watermark_us)
    line += f"; known up to {watermark}" if watermark else ""
    line += f"; {report.read}" if report.read and ALWAYS_WHOLE not in report.read else ""
    return line + f"; {report.seconds:.1f} s"


def _instant(micros: int | None) -> str | None:
    if micros is None:
        return None
    instant: datetime = from_micros(micros)
    return instant.isoformat().replace("+00:00", "Z")
