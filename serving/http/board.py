"""Where worker processes write down their counts, so that any of them can tell the sum."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import msgspec

from serving.http.metrics import Counts

if TYPE_CHECKING:
    from pathlib import Path

    from serving.http.metrics import Metrics

WRITE_SECONDS = 1.0
_SUFFIX = ".counts"
_decode = msgspec.msgpack.Decoder(Counts).decode


class Board:
    """A folder with one file a worker; those of workers that died stay, for counters never fall.

    Args:
        folder: Shared by the workers of one server, and by nothing else.
        metrics: Of this process.
    """

    def __init__(self, folder: Path, metrics: Metrics) -> None:
        self._mine = folder / f"{os.getpid()}{_SUFFIX}"
        self._metrics = metrics
        self._timer: asyncio.TimerHandle | None = None

    def keep_writing(self) -> None:
        """Write now, and once a second from now on."""
        self.write()
        self._timer = asyncio.get_running_loop().call_later(WRITE_SECONDS, self.keep_writing)

    def close(self) -> None:
        """Write a last time."""
        if self._timer is not None:
            self._timer.cancel()
        self.write()

    def write(self) -> None:
        """Replace this process's file at once, so that nobody reads half of it."""
        fresh = self._mine.with_suffix(".new")
        fresh.write_bytes(msgspec.msgpack.encode(self._metrics.counts()))
        fresh.replace(self._mine)

    def total(self) -> Counts:
        """This process's counts as they are, and the others' at most a second old."""
        total = self._metrics.counts()
        for file in self._mine.parent.glob(f"*{_SUFFIX}"):
            if file != self._mine:
                total.add(_decode(file.read_bytes()))
        return total
