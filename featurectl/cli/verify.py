"""`featurectl verify`: compare what is online with the warehouse."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
import msgspec

from featurectl.cli.options import SELECT_HELP, json_option, project_options
from featurectl.cli.published import open_published
from featurectl.cli.selecting import SelectingCommand
from featurectl.cli.store_options import store_options
from featurectl.inspection.differences import OUTCOMES
from featurectl.inspection.verify import verify_view
from serving.format.values import from_micros, to_micros

if TYPE_CHECKING:
    from featurectl.cli.project import Project
    from featurectl.cli.store_options import StoreOptions
    from featurectl.inspection.differences import Difference, Verification


@click.command("verify", cls=SelectingCommand, short_help="Compare online values with the point-in-time join.")
@click.option("--select", "-s", multiple=True, help=SELECT_HELP)
@click.option("--exclude", multiple=True, help="Views to leave out, written the same way.")
@click.option("--sample", type=click.IntRange(1), default=1000, show_default=True, help="Entities a view, at random.")
@click.option("--all", "is_all", is_flag=True, help="Every entity, and keys that the warehouse lacks.")
@store_options
@project_options
@json_option
def verify(
    project: Project,
    store: StoreOptions,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    sample: int,
    is_all: bool,
    as_json: bool,
) -> None:
    """Compare online values with the point-in-time join at each view's watermark.

    Prints one line a view and its first differences; with --json one JSON object a view. Exit 1 says that something differs.

    \b
    Examples:
        featurectl verify
        featurectl verify --all --select plane_delays --json
    """
    published = open_published(project, store, select, exclude)
    has_failed, hints = False, []
    with closing(published.reader) as reader:
        for view in published.views:
            as_of_us = to_micros(store.as_of) if store.as_of else None
            found = verify_view(view, published.warehouse, reader, sample=None if is_all else sample, as_of_us=as_of_us)
            has_failed |= not found.succeeded
            hints += [found.hint] if found.hint else []
            click.echo(_as_json(found) if as_json else _as_text(found))
    for hint in dict.fromkeys(hints):
        click.echo(f"Hint: {hint}", err=True)
    if has_failed:
        click.get_current_context().exit(1)


def _as_json(found: Verification) -> str:
    record: dict[str, Any] = asdict(found)
    record["watermark"] = instant(record.pop("watermark_us"))
    record["seconds"] = round(found.seconds, 3)
    record["succeeded"] = found.succeeded
    return msgspec.json.encode(record).decode()


def _as_text(found: Verification) -> str:
    mark = click.style("ok", fg="green") if found.succeeded else click.style("failed", fg="red")
    if found.watermark_us is None:
        return "\n".join([f"{mark} {found.view}: not compared", *(f"  {problem}" for problem in found.problems)])
    counts = ", ".join(
        f"{found.outcomes[each]:,} {each}" for each in OUTCOMES if found.outcomes[each] or each == "equal"
    )
    expired = f", {found.expired:,} expired" if found.expired else ""
    lines = [f"{mark} {found.view}: {found.rows:,} entities as of {instant(found.watermark_us)}: {counts}{expired}"]
    lines += [f"  {problem}" for problem in found.problems]
    if found.other_features:
        lines.append(
            f"  {found.other_features:,} of them written with other features than the manifest has: run `featurectl sync-online`"
        )
    lines += [f"  {_shown(each)}" for each in found.differences]
    return "\n".join(lines)


def _shown(each: Difference) -> str:
    if each.feature is None:
        return f"{each.entity}: {each.outcome}: expected {each.expected or 'no row'}, online {each.online or 'no row'}"
    return f"{each.entity}: {each.feature}: {each.outcome}: expected {each.expected!r}, online {each.online!r}"


def instant(micros: int | None) -> str | None:
    """ISO 8601 with Z."""
    return None if micros is None else from_micros(micros).isoformat().replace("+00:00", "Z")
