"""The access log: one JSON line a request, without a word of what was asked for."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime
from functools import lru_cache

import msgspec

FLUSH_SECONDS = 0.2


class Line(msgspec.Struct, omit_defaults=True):
    """One request.

    Attributes:
        path: Of a known route, else ``other``: a path may hold anything.
        features: Name of the service asked for, or how many features.
        caller: The start of the token's SHA-256.
    """

    time: str
    method: str
    path: str
    status: int
    milliseconds: float
    bytes_sent: int
    service: str | None = None
    features: int | None = None
    entities: int | None = None
    caller: str = ""


class AccessLog:
    """Lines on stdout, written together a few times a second, for one event loop."""

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def add(self, line: Line) -> None:
        """Write a line, soon."""
        if not self._lines:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        self._lines.append(line)

    def flush(self) -> None:
        """Write what there is."""
        lines, self._lines = self._lines, []
        sys.stdout.write(b"".join(msgspec.json.encode(line) + b"\n" for line in lines).decode())
        sys.stdout.flush()


def now() -> str:
    """This instant, ISO 8601, UTC, milliseconds."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    return f"{_second(seconds)}.{nanoseconds // 1_000_000:03}Z"


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
