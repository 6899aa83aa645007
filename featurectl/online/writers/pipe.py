"""Commands sent ahead of their replies on one connection, with a bound on the bytes under way."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import hiredis

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_BYTES_UNDER_WAY = 2_000_000


class Pipe:
    """One connection of redis-py, written to without its command layer, which takes longer than the server.

    Replies are integers; a reply that is an error is raised by the call that meets it, and then the pipe is of no more use.

    Args:
        connection: Of redis-py, connected.
    """

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self._total = 0

    def send(self, command: Sequence[str | bytes | int]) -> None:
        """Send one command; takes replies while too many bytes are under way."""
        packed = hiredis.pack_command(tuple(command))  # type: ignore[arg-type]
        while self._sizes and self._bytes + len(packed) > MAX_BYTES_UNDER_WAY:
            self._take()
        self.connection.send_packed_command((packed,), check_health=False)
        self._sizes.append(len(packed))
        self._bytes += len(packed)

    def drain(self) -> int:
        """Wait for all replies; the sum of those since the last drain."""
        while self._sizes:
            self._take()
        total, self._total = self._total, 0
        return total

    def _take(self) -> None:
        reply = self.connection.read_response()
        self._bytes -= self._sizes.popleft()
        self._total += int(reply)
