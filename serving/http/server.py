"""uvicorn with the application in it: one process, or several that share a socket."""

from __future__ import annotations

import os
import signal
import socket
import stat
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import uvicorn

from serving.errors import ConfigError
from serving.http.app import App
from serving.http.routes import Service
from serving.http.workers import keep_running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from serving.http.settings import Settings

BACKLOG = 2048
KEEP_ALIVE_SECONDS = 65  # longer than the minute after which load balancers let go of an idle connection


def run(
    settings: Settings,
    *,
    host: str,
    port: int,
    uds: Path | None = None,
    workers: int = 1,
    announce: Callable[[str], None],
) -> None:
    """Serve until SIGTERM or SIGINT; then refuse new connections, finish what is under way, and return.

    Args:
        settings: Of the application.
        host: To listen on.
        port: Likewise; 0 chooses one.
        uds: A unix socket to listen on instead.
        workers: Processes; each has connections and a catalog of its own.
        announce: Is told the address once it takes connections.

    Raises:
        ConfigError: The address, the store's URL, the namespace or a bound cannot be used.
    """
    Service(
        settings
    )  # reaches nothing; what it cannot use is told before anything listens, and not by each worker in turn
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    with _listening(host, port, uds) as listener:
        announce(f"http://{_in_url(host)}:{listener.getsockname()[1]}" if uds is None else str(uds))
        if workers == 1:
            serve(settings, listener)
        else:
            with TemporaryDirectory(prefix="featurectl-") as board:
                keep_running(workers, partial(serve, replace(settings, board=Path(board)), listener), listener)


def serve(settings: Settings, listener: socket.socket) -> None:
    """Serve on an open socket, in this process."""
    make_server(settings).run(sockets=[listener])


def make_server(settings: Settings) -> uvicorn.Server:
    """uvicorn, set up."""
    config = uvicorn.Config(
        App(settings),
        interface="asgi3",
        lifespan="on",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=ceil(settings.limits.seconds) + 1,
    )
    return uvicorn.Server(config)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """Leave by way of every `finally`; uvicorn drains first, then hands the signal on to here."""
    del number, frame
    raise SystemExit(0)


@contextmanager
def _listening(host: str, port: int, uds: Path | None) -> Iterator[socket.socket]:
    where = f"{host}:{port}" if uds is None else str(uds)
    try:
        listener = _tcp(host, port) if uds is None else _unix(uds)
    except OSError as error:
        raise ConfigError(
            f"serve: expected an address to listen on, got {where} ({error})",
            hint="Stop what listens there, or choose another with --port or --uds.",
        ) from error
    try:
        with listener:
            yield listener
    finally:
        if uds is not None:
            uds.unlink(missing_ok=True)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _tcp(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return _listen(listener, address)


def _unix(path: Path) -> socket.socket:
    """A socket file that the owner and the group may use; one that nobody listens on any more is replaced."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode) and not _is_alive(path):
        path.unlink()
    before = os.umask(0o117)
    try:
        return _listen(listener, str(path))
    finally:
        os.umask(before)


def _listen(listener: socket.socket, address: object) -> socket.socket:
    try:
        listener.bind(address)  # type: ignore[arg-type] # as getaddrinfo gave it
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _is_alive(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
