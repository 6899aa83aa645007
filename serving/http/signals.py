"""What SIGTERM and SIGINT do to a server: end it at once while it starts, be noted while it serves; never an exception.

An exception out of a signal handler comes up wherever the process happens to be. In a finalizer or a callback of the interpreter
itself (of an import, say) it is printed and dropped, and with it the signal: such a server goes on for ever.
"""

from __future__ import annotations

import os
import signal
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType

    Handler = Callable[[int, FrameType | None], object]

ENDING = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def handled_by(handler: Handler) -> Iterator[None]:
    """Both signals go to a handler for as long as the block runs; in the main thread only, as Python has it."""
    before = {number: signal.signal(number, handler) for number in ENDING}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


@contextmanager
def ending_at_once(leftover: Path | None = None) -> Iterator[None]:
    """Both signals end the process with 0, there and then: for a server that has taken no request yet.

    Args:
        leftover: A file to remove first.
    """

    def end(number: int, frame: FrameType | None) -> NoReturn:
        del number, frame
        if leftover is not None:
            leftover.unlink(missing_ok=True)
        os._exit(0)

    with handled_by(end):
        yield


@contextmanager
def noted() -> Iterator[socket.socket]:
    """Both signals make a socket readable, for good, and do nothing else."""
    told, tell = socket.socketpair()
    with told, tell, handled_by(lambda *_: tell.close()):
        yield told
