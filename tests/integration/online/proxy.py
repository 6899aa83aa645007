"""A TCP proxy in front of a server that drops or stalls a connection after so many bytes."""

from __future__ import annotations

import contextlib
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Proxy:
    """Passes bytes on until told otherwise.

    Attributes:
        budget: Bytes to the server until the fault; None for ever.
        stalls: Whether the fault is silence, instead of a reset.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.budget: int | None = None
        self.stalls = False
        self.faults = 0
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                self._sockets += (client, server)
                threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
                threading.Thread(target=self._back, args=(server, client), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(4096):
                if self.budget is not None:
                    data, left = data[: self.budget], self.budget - len(data)
                    self.budget = max(left, 0)
                    if left <= 0:
                        server.sendall(data)
                        self.faults += 1
                        if self.stalls:
                            return
                        break
                server.sendall(data)
        for each in (client, server):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)

    def close(self) -> None:
        """End every connection."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextmanager
def proxied(port: int) -> Iterator[Proxy]:
    """A proxy in front of a local server."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
