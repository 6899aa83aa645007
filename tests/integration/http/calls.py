"""A plain HTTP caller, and servers in a thread or a process of their own."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from serving.http.server import make_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from serving.http import Settings

PATIENCE_SECONDS = 60  # for what takes a moment, and on a busy machine more
FEATURECTL = str(Path(sys.executable).parent / "featurectl")


class Caller:
    """One keep-alive connection.

    Args:
        port: On the loopback.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        self.headers: dict[str, str] = {}

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body; the headers are kept."""
        self._connection.request(method, path, body=body, headers=headers or {})
        response = self._connection.getresponse()
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        return response.status, response.read()

    def get(self, path: str, **headers: str) -> Any:
        """The JSON of a 200."""
        status, body = self.call("GET", path, headers=headers)
        assert status == 200, (status, body)
        return json.loads(body)

    def ask(self, body: Any, headers: dict[str, str] | None = None) -> Any:
        """The JSON answer to a look-up that works."""
        status, answer = self.call("POST", "/get-online-features", json.dumps(body).encode(), headers)
        assert status == 200, (status, answer)
        return json.loads(answer)

    def refused(self, body: Any, headers: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, Feast class and message of a look-up that does not."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return feast_error(*self.call("POST", "/get-online-features", data, headers))

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def feast_error(status: int, body: bytes) -> tuple[int, str, str]:
    """What Feast's client makes of an answer: a JSON string that holds JSON."""
    detail = json.loads(json.loads(body))
    assert detail["module"] == "feast.errors"
    return status, detail["class"], detail["message"]


def listening() -> socket.socket:
    """A socket on an unused port of the loopback."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return listener


@contextmanager
def running(settings: Settings, listener: socket.socket) -> Iterator[None]:
    """A server in a thread."""
    server = make_server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not begin"
        time.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=PATIENCE_SECONDS)
        listener.close()
        assert not thread.is_alive(), "the server did not end"


@contextmanager
def process(url: str, namespace: str, *options: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """`featurectl serve` as an operator starts and ends it, on a port of its choice; its attribute ``address`` says where, ``announced`` is the line that says so."""
    command = [FEATURECTL, "serve", "--online-store", url, "--namespace", namespace, "--port", "0", *options]
    started = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    is_ours_to_end = False
    try:
        assert started.stderr is not None
        started.announced = started.stderr.readline()  # type: ignore[attr-defined]
        started.address = started.announced.split()[-1]  # type: ignore[attr-defined]
        yield started
    finally:
        is_ours_to_end = started.poll() is None
        if is_ours_to_end:
            started.terminate()
        started.communicate(timeout=PATIENCE_SECONDS)
    assert started.returncode == 0 or not is_ours_to_end


def port_of(started: subprocess.Popen[str]) -> int:
    """The port that a server process chose."""
    return int(started.address.rpartition(":")[2])  # type: ignore[attr-defined]


def goes_on(process: psutil.Process, command: str = "") -> bool:
    """Whether it does anything, and is a command with this in it; one that ended may stay on as a zombie where nobody asks for its exit status."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE and command in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False
