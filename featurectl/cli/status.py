"""`featurectl status`: how fresh the warehouse and the online store are."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from featurectl.cli.options import SELECT_HELP, json_option, project_options
from featurectl.cli.published import open_published
from featurectl.cli.selecting import SelectingCommand
from featurectl.cli.store_options import store_options
from featurectl.cli.text import table, to_json
from featurectl.cli.verify import instant
from featurectl.inspection.status import service_statuses, view_statuses
from serving.format.values import to_micros

if TYPE_CHECKING:
    from featurectl.cli.project import Project
    from featurectl.cli.store_options import StoreOptions
    from featurectl.inspection.status import ServiceStatus, ViewStatus

_COLUMNS = ("view", "manifest", "watermark", "last_success", "lag", "newest_row", "age", "freshness")
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


@click.command("status", cls=SelectingCommand, short_help="Show how far the online store is behind the warehouse.")
@click.option("--select", "-s", multiple=True, help=SELECT_HELP)
@click.option("--exclude", multiple=True, help="Views to leave out, written the same way.")
@click.option("--fail-on", type=click.Choice(["stale"]), help="Exit 1 when a view is behind, too old, or not online.")
@store_options
@project_options
@json_option
def status(
    project: Project,
    store: StoreOptions,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    fail_on: str | None,
    as_json: bool,
) -> None:
    """Show how far the online store is behind the warehouse, and the warehouse behind the clock.

    \b
    Examples:
        featurectl status
        featurectl status --json --fail-on stale
    """
    published = open_published(project, store, select, exclude)
    with closing(published.reader) as reader:
        as_of_us = to_micros(store.as_of) if store.as_of else None
        views = view_statuses(published.views, published.registry, published.warehouse, reader, as_of_us)
        services = service_statuses(published.registry, reader)
    click.echo(_as_json(views, services) if as_json else _as_text(views, services))
    if fail_on and any(view.is_stale for view in views):
        click.get_current_context().exit(1)


def _as_json(views: list[ViewStatus], services: list[ServiceStatus]) -> str:
    return to_json({"views": [_record(view) for view in views], "services": [asdict(each) for each in services]})


def _record(view: ViewStatus) -> dict[str, Any]:
    record = asdict(view)
    record["watermark"] = instant(record.pop("watermark_us"))
    record["newest_row"] = instant(record.pop("warehouse_us"))
    return {**record, "lag_seconds": view.lag_seconds, "is_stale": view.is_stale}


def _as_text(views: list[ViewStatus], services: list[ServiceStatus]) -> str:
    rows = [
        {
            **_record(view),
            "manifest": view.entry if view.has_schema or view.entry == "absent" else f"{view.entry}, other features",
            "lag": _short(view.lag_seconds),
            "age": _short(view.age_seconds),
        }
        for view in views
    ]
    parts = [table(rows, _COLUMNS)]
    if services:
        lists = [{"service": each.service, "manifest": each.entry, "same_features": each.has_list} for each in services]
        parts.append(table(lists, ("service", "manifest", "same_features")))
    parts += [f"{view.view}: {view.problem}" for view in views if view.problem]
    return "\n\n".join(parts)


def _short(seconds: float | None) -> str | None:
    """The two greatest units: ``2d 3h``, ``5m 10s``."""
    if seconds is None:
        return None
    left, parts = int(seconds), []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"
