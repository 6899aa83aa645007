"""`featurectl training-set`: an ad-hoc training set into a file, and whether it can be rebuilt."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from featurectl.cli.options import json_option, project_options
from featurectl.cli.text import counted, to_json
from featurectl.training.context import open_context
from featurectl.training.provenance import record_path
from featurectl.training.request import Asked
from featurectl.training.splits import HashSplit, TimeSplit, parse_duration, parse_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from featurectl.cli.project import Project
    from featurectl.training.context import Context
    from featurectl.training.provenance import Provenance
    from featurectl.training.splits import Split


@click.command("training-set", short_help="Write a point-in-time correct training set to a file.")
@click.option("--spine", help="A .parquet or .csv file, a dbt model, schema.table, or SQL (with ref() if you like).")
@click.option("--event-timestamp", metavar="COLUMN", help="Column of the spine that says when.")
@click.option(
    "--features", "-f", multiple=True, metavar="VIEW:FEATURE[,...]", help="References, also `view:*`; repeatable."
)
@click.option("--service", help="A feature service, in the place of --features.")
@click.option("--join-key", multiple=True, metavar="KEY=COLUMN", help="A view's key in another column of the spine.")
@click.option(
    "--known-at-cutoff/--no-known-at-cutoff", default=True, show_default=True, help="Rows not known yet do not count."
)
@click.option("--group", help="dbt group in whose name private views are read.")
@click.option("--split", metavar="NAME=WEIGHT,...", help="Add a column `split`, by hash of --split-by.")
@click.option("--split-by", metavar="COLUMN[,...]", help="The entity that stays in one split.")
@click.option("--split-salt", default="", help="Another text gives another split.")
@click.option("--split-at", metavar="TIME[,TIME]", help="Add a column `split`, by time: train, (validation,) test.")
@click.option("--embargo", metavar="7d", help="Rows so close after --split-at are in no split.")
@click.option("--out", "-o", type=click.Path(path_type=Path), help="The .parquet or .csv file to write.")
@click.option("--check", "checked", type=click.Path(path_type=Path), help="Rebuild this training set and compare.")
@project_options
@json_option
@click.pass_context
def training_set(ctx: click.Context, /, project: Project, checked: Path | None, as_json: bool, **given: Any) -> None:
    """Write the features that were known at each spine row's event timestamp to a file.

    What made it goes to <file>.meta.json beside it. With --check nothing is written: exit 0 says that the training set
    can be rebuilt identically, 1 that it cannot; what differs is printed.

    \b
    Examples:
        featurectl training-set --spine labels.parquet --event-timestamp ts \\
            --features plane_delays:*,routes:air_time_avg_7d_minutes --out train.parquet
        featurectl training-set --spine late_arrival_labels --event-timestamp scheduled_departure \\
            --service late_arrival_model --split-at 2013-10-01 --embargo 7d --out train.parquet
        featurectl training-set --check train.parquet
    """
    if checked is None:
        asked, split = _asked(given), _split(given)
        context = _context(project)
        # Imported once the engine is there: an installation without one gets its error, not an import's.
        from featurectl.training.job import historical_features  # noqa: PLC0415

        job = historical_features(context, given["spine"], asked, split)
        record = job.to_parquet(given["out"], progress=_progress if sys.stderr.isatty() else None)
        _clear_progress()
        _print(record, given["out"], as_json=as_json)
        return
    if any(given[name] for name in ("spine", "features", "service", "out")):
        raise click.UsageError(
            "--check takes everything from the record beside the file: give no --spine, --features, --service or --out."
        )
    context = _context(project)
    from featurectl.training.recheck import recheck  # noqa: PLC0415 - likewise

    outcome = recheck(context, checked)
    if as_json:
        differences = [asdict(difference) for difference in outcome.differences]
        click.echo(to_json({"path": str(checked), "is_identical": outcome.is_identical, "differences": differences}))
    else:
        verdict = "can be rebuilt identically" if outcome.is_identical else "cannot be rebuilt identically"
        click.secho(f"{checked}: {verdict}", fg="green" if outcome.is_identical else "red")
        for difference in outcome.differences:
            click.echo(f"  {difference}")
    if not outcome.is_identical:
        ctx.exit(1)


def _context(project: Project) -> Context:
    return open_context(
        project.project_dir,
        project.manifest_path,
        target=project.target,
        profile=project.profile,
        profiles_dir=project.profiles_dir,
    )


def _asked(given: dict[str, Any]) -> Asked:
    for name in ("spine", "event_timestamp", "out"):
        if not given[name]:
            raise click.UsageError(f"Missing option '--{name.replace('_', '-')}'.")
    if bool(given["features"]) == bool(given["service"]):
        raise click.UsageError("Give either --features or --service.")
    return Asked(
        features=given["service"] or _parts(given["features"]),
        event_timestamp=given["event_timestamp"],
        join_keys=dict(_pair(text) for text in given["join_key"]),
        known_at_cutoff=given["known_at_cutoff"],
        group=given["group"],
    )


def _split(given: dict[str, Any]) -> Split | None:
    if bool(given["split"]) != bool(given["split_by"]):
        raise click.UsageError("Give --split and --split-by together.")
    if given["split"] and given["split_at"]:
        raise click.UsageError("Give either --split or --split-at.")
    if given["embargo"] and not given["split_at"]:
        raise click.UsageError("--embargo goes with --split-at.")
    if given["split"]:
        return HashSplit(parse_weights(given["split"]), _parts([given["split_by"]]), given["split_salt"])
    if given["split_at"]:
        embargo = parse_duration(given["embargo"]) if given["embargo"] else None
        return TimeSplit(_parts([given["split_at"]]), embargo)
    return None


def _parts(texts: Sequence[str]) -> list[str]:
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def _pair(text: str) -> tuple[str, str]:
    key, equals, column = text.partition("=")
    if not equals or not key or not column:
        raise click.BadParameter(f"expected KEY=COLUMN, got {text!r}", param_hint="--join-key")
    return key.strip(), column.strip()


def _progress(rows: int) -> None:
    click.echo(f"\r\x1b[K{counted(rows, 'row')}", nl=False, err=True)


def _clear_progress() -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)


def _print(record: Provenance, path: Path, *, as_json: bool) -> None:
    if as_json:
        click.echo(to_json({"path": str(path), **msgspec.to_builtins(record)}))
        return
    click.echo(
        f"{path}: {counted(record.row_count, 'row')}, {counted(len(record.columns), 'column')}, "
        f"{len(record.features)} of them features"
    )
    click.echo(f"What made it: {record_path(path)}", err=True)
