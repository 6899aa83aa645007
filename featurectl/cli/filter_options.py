"""Options that say which things are listed; a command gets them as one `filters`."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from featurectl.cli.options import SELECT_HELP
from featurectl.selection.filters import Filters

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTIONS = (
    click.option("--entity", "entities", multiple=True, help="Only of this entity."),
    click.option(
        "--owner", "owners", multiple=True, help="Only with this owner: a dbt group, or the one a service names."
    ),
    click.option("--tag", "tags", multiple=True, help="Only with this tag."),
    click.option("--service", "services", multiple=True, help="Only what this service uses."),
    click.option("--online/--offline", default=None, help="Only views that are, or are not, meant to be online."),
    click.option(
        "--select", "-s", multiple=True, help="Only these views, in dbt's syntax: name, stg_name+, tag:a,tag:b ..."
    ),
)


@dataclass(frozen=True, slots=True)
class Selectors:
    """`--select` and `--exclude`, as given; false where neither was."""

    select: tuple[str, ...]
    exclude: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.select or self.exclude)


def selection_options(command: Callable[..., None]) -> Callable[..., None]:
    """`--select` and `--exclude`, as `selectors: Selectors`."""

    @click.option("--select", "-s", multiple=True, help=SELECT_HELP)
    @click.option("--exclude", multiple=True, help="Views to leave out, written the same way.")
    @functools.wraps(command)
    def with_selectors(*, select: tuple[str, ...], exclude: tuple[str, ...], **others: Any) -> None:
        command(selectors=Selectors(select, exclude), **others)

    return with_selectors


def filter_options(command: Callable[..., None]) -> Callable[..., None]:
    """`--entity`, `--owner`, `--tag`, `--service`, `--online`, `--select`, as `filters: Filters`."""

    @functools.wraps(command)
    def with_filters(
        *,
        entities: tuple[str, ...],
        owners: tuple[str, ...],
        tags: tuple[str, ...],
        services: tuple[str, ...],
        online: bool | None,
        select: tuple[str, ...],
        **others: Any,
    ) -> None:
        command(filters=Filters(entities, owners, tags, services, online, select), **others)

    for option in reversed(_OPTIONS):
        with_filters = option(with_filters)
    return with_filters
