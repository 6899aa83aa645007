"""`featurectl serve`: look-ups over HTTP."""

from __future__ import annotations

from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from featurectl.cli.get_online import default_namespace
from featurectl.cli.project import Project, find_project_dir
from featurectl.cli.store_options import store_options
from featurectl.errors import FeaturectlError
from serving import FeatureStore
from serving.errors import ServingError
from serving.http import Limits, Settings, read_tokens
from serving.http.signals import ending_at_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from featurectl.cli.store_options import StoreOptions
    from serving.http import Tokens

_USUAL = Limits()
_LIMITS = (
    click.option("--max-body-bytes", type=click.IntRange(1), default=_USUAL.body_bytes, show_default=True),
    click.option("--max-entities", type=click.IntRange(1), default=_USUAL.entities, show_default=True),
    click.option("--max-features", type=click.IntRange(1), default=_USUAL.features, show_default=True),
    click.option(
        "--max-seconds",
        type=click.FloatRange(0, min_open=True),
        default=_USUAL.seconds,
        show_default=True,
        help="From a request's head to its answer.",
    ),
)
_CACHE = (
    click.option(
        "--cache-rows", type=click.IntRange(0), default=0, show_default=True, help="Most rows to keep; 0 for no cache."
    ),
    click.option(
        "--cache-seconds",
        type=click.FloatRange(0, min_open=True),
        default=1.0,
        show_default=True,
        help="How long a row is kept.",
    ),
)
_ADDRESS = (
    click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
    click.option("--port", type=click.IntRange(0, 65535), default=6566, show_default=True, help="0 chooses one."),
    click.option("--uds", type=click.Path(path_type=Path), metavar="PATH", help="Unix socket to listen on instead."),
    click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes on one socket."),
)


def _server_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options above, as `limits: Limits`, `cache` and `address` (keyword arguments of `serving.http.server.run`)."""

    @wraps(command)
    def with_server(**given: Any) -> None:
        address = {name: given.pop(name) for name in ("host", "port", "uds", "workers")}
        limits = Limits(*[given.pop(f"max_{name}") for name in ("body_bytes", "entities", "features", "seconds")])
        rows, seconds = given.pop("cache_rows"), given.pop("cache_seconds")
        command(address=address, limits=limits, cache=(rows, seconds) if rows else None, **given)

    for option in reversed((*_ADDRESS, *_LIMITS, *_CACHE)):
        with_server = option(with_server)
    return with_server


@click.command("serve", short_help="Answer look-ups over HTTP, in the JSON of Feast's server.")
@_server_options
@click.option(
    "--tokens",
    envvar="FEATURECTL_TOKENS",
    metavar="FILE",
    help="JSON of bearer tokens to the services and views each may read.",
)
@click.option(
    "--access-log/--no-access-log", default=True, show_default=True, help="One JSON line a request on stdout."
)
@store_options
@click.option(
    "--project-dir",
    type=click.Path(path_type=Path),
    envvar="DBT_PROJECT_DIR",
    help="dbt project that says which store and namespace, where they are not given.",
)
@click.option("--target", "-t", envvar="DBT_TARGET", help="Likewise its target.  [default: the profile's]")
def serve(
    store: StoreOptions,
    project_dir: Path | None,
    target: str | None,
    tokens: str | None,
    address: dict[str, Any],
    limits: Limits,
    cache: tuple[int, float] | None,
    *,
    access_log: bool,
) -> None:
    """Answer look-ups over HTTP, in the JSON of Feast's feature server.

    Needs no dbt project where store and namespace are given. The page to try it is /docs. SIGTERM finishes what is under way,
    then ends.

    \b
    Examples:
        featurectl serve --online-store redis://127.0.0.1:6379/0 --namespace flights:prod
        featurectl serve --workers 4 --uds featurectl.sock
        featurectl serve --tokens tokens.json            # a file as docs/http.md shows it
    """
    with ending_at_once():
        url, namespace = store.online_store, store.namespace
        if url is None or namespace is None:
            project = Project(find_project_dir(project_dir), target=target)
            url, namespace = store.url(project.project_dir), namespace or default_namespace(project)
        settings = Settings(url, namespace, store.as_of, _tokens(tokens), limits, cache, access_log)
        try:
            from serving.http.server import run  # noqa: PLC0415 - uvicorn is an extra
        except ImportError as error:
            raise FeaturectlError(
                f"serve: expected the extra http, found no {error.name}",
                hint="pip install 'featurectl[http]'; in a checkout pip install -e '.[http]' -c constraints.txt",
            ) from error
        run(settings, **address, announce=partial(_announce, url, namespace))


def _announce(url: str, namespace: str, where: str) -> None:
    """Say where the namespace is served, and whether the store cannot answer yet: the server starts all the same, for it may come back."""
    click.echo(f"Serving {namespace} on {where}", err=True)
    try:
        with FeatureStore.from_url(url, namespace=namespace) as store:
            store.catalog()
    except ServingError as error:
        click.secho(f"Warning: look-ups answer 503 until this is mended: {error.message}", fg="yellow", err=True)


def _tokens(source: str | None) -> Tokens | None:
    """The tokens of a file, or of JSON that stands in the environment variable itself."""
    if source is None:
        return None
    if source.lstrip().startswith("{"):
        return read_tokens(source, where="FEATURECTL_TOKENS")
    try:
        return read_tokens(Path(source).read_bytes(), where=source)
    except OSError as error:
        raise click.BadParameter(
            f"expected a file that can be read, got {source} ({error.strerror})", param_hint="--tokens"
        ) from error
