"""uvicorn with the application in it: one process, or several that share a socket."""

from __future__ import annotations

import os
import socket
import stat
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import uvicorn

from serving.errors import ConfigError
from serving.http.app import App
from serving.http.routes import Service
from serving.http.signals import ending_at_once, handled_by, noted
from serving.http.workers import end_with_parent, keep_running

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

    Before connections are taken either of them ends the process at once, with 0.

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
    with ending_at_once(), _listening(host, port, uds) as listener, ending_at_once(uds):
        announce(f"http://{_in_url(host)}:{listener.getsockname()[1]}" if uds is None else str(uds))
        if workers == 1:
            serve(settings, listener)
        else:
            with noted() as told, TemporaryDirectory(prefix="featurectl-") as board:
                keep_running(workers, partial(_work, replace(settings, board=Path(board)), listener), listener, told)


def serve(settings: Settings, listener: socket.socket) -> None:
    """Serve on an open socket, in this process, until SIGTERM or SIGINT."""
    server = make_server(settings)
    with handled_by(server.handle_exit):  # which uvicorn would do no earlier than in its event loop
        server.run(sockets=[listener])


def _work(settings: Settings, listener: socket.socket) -> None:
    end_with_parent()
    serve(settings, listener)


class _Server(uvicorn.Server):
    """uvicorn that drains however many signals it gets, and leaves it at that: it would raise each of them again in the end."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What a signal does."""
        del sig, frame
        self.should_exit = True


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
    return _Server(config)


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
