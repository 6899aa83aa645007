"""Options that say how to sync."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from featurectl.cli.store_options import Instant

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class SyncFlags:
    """As typed; `featurectl.online.options.Options` says what each means."""

    full_refresh: bool
    since: datetime | None
    dry_run: bool
    threads: int
    force: bool
    accept_breaking: bool
    metrics_file: Path | None


_OPTIONS = (
    click.option(
        "--full-refresh",
        is_flag=True,
        help="Make the store equal the warehouse: replace newer rows, remove absent ones.",
    ),
    click.option("--since", type=Instant(), help="Read only rows known from this instant on; the watermark stays."),
    click.option("--dry-run", is_flag=True, help="Say what would be read and written; write nothing."),
    click.option("--threads", type=click.IntRange(1, 64), default=1, show_default=True, help="Views at a time."),
    click.option(
        "--force", is_flag=True, help="Publish although a newer manifest did, tests failed, or the build is too old."
    ),
    click.option(
        "--accept-breaking", is_flag=True, help="Publish what breaks a service or a client; see `featurectl plan`."
    ),
    click.option(
        "--metrics-file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write the outcome for Prometheus' textfile collector.",
    ),
)


def sync_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a sync, as `flags: SyncFlags`."""

    @functools.wraps(command)
    def with_flags(**given: Any) -> None:
        names = SyncFlags.__dataclass_fields__
        flags = SyncFlags(**{name: given.pop(name) for name in names})
        command(flags=flags, **given)

    for option in reversed(_OPTIONS):
        with_flags = option(with_flags)
    return with_flags
