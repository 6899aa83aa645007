"""Options that name the online store, its namespace and the instant."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EMBEDDED_STORE = ".featurectl/online.db"


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """Which store, which namespace, which instant.

    Attributes:
        as_of: Aware; None means now.
    """

    online_store: str | None
    namespace: str | None
    as_of: datetime | None

    def url(self, project_dir: Path) -> str:
        """The store's URL: the one given, else the embedded store of the project."""
        return self.online_store or f"sqlite://{(project_dir / EMBEDDED_STORE).resolve()}"


class Instant(click.ParamType[datetime]):
    """An ISO 8601 instant; naive means UTC."""

    name = "timestamp"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Parse, or fail with an example."""
        if isinstance(value, datetime):
            return value
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"expected an ISO 8601 instant such as 2013-07-01T18:00:00Z, got {value!r}", param, ctx)
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


_OPTIONS = (
    click.option(
        "--online-store",
        envvar="FEATURECTL_ONLINE_STORE",
        metavar="URL",
        help=f"redis://, rediss://, unix:// or sqlite:.  [default: {EMBEDDED_STORE} of the project]",
    ),
    click.option("--namespace", envvar="FEATURECTL_NAMESPACE", help="[default: <project>:<target>]"),
    click.option("--as-of", type=Instant(), help="This instant in the place of now (ISO 8601, UTC)."),
)


def store_options(command: Callable[..., None]) -> Callable[..., None]:
    """`--online-store`, `--namespace` and `--as-of`, as `store: StoreOptions`."""

    @functools.wraps(command)
    def with_store(*, online_store: str | None, namespace: str | None, as_of: datetime | None, **others: Any) -> None:
        command(store=StoreOptions(online_store, namespace, as_of), **others)

    for option in reversed(_OPTIONS):
        with_store = option(with_store)
    return with_store
