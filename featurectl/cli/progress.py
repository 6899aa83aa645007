"""How far each view of a sync is, at the foot of the terminal."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING, Self

from featurectl.cli.progress_lines import ViewProgress, progress_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from featurectl.online.report import ViewReport

_INTERVAL_SECONDS = 0.1  # between two drawings
_ANY_SIZE = os.terminal_size((80, 24))  # of a terminal that does not tell
_ERASE = "\r\x1b[J"  # from the cursor's line on


class Progress:
    """A line a view, from its first report to its result; may be told of from several threads.

    Views hand over reports, which costs them next to nothing; a thread of its own draws what these say by then. Nothing is
    drawn where the stream is no terminal, or one that cannot move its cursor (`TERM=dumb`).

    The cursor rests where the lines begin: whatever was drawn, however the terminal was resized since, wherever a Ctrl-C came,
    erasing from there on removes them.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_drawn = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._views: dict[str, ViewProgress] = {}
        # Reentrant: a Ctrl-C may come between taking it and giving it back, and who erases then takes it again.
        self._lock = threading.RLock()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._redraw, name="progress", daemon=True)

    def __enter__(self) -> Self:
        if self._is_drawn:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_drawn:
            self._is_over.set()
            self._thread.join()
            self._write(_ERASE)

    def update(self, report: ViewReport) -> None:
        """Show the view from now on, as its report changes."""
        if self._is_drawn and report.view not in self._views:
            with self._lock:
                self._views[report.view] = ViewProgress(report, time.monotonic())
                self._draw()

    @contextlib.contextmanager
    def result_of(self, report: ViewReport) -> Iterator[None]:
        """What is printed inside, to whichever stream, takes the place of the view's line."""
        if not self._is_drawn:
            yield
            return
        with self._lock:
            self._views.pop(report.view, None)
            self._write(_ERASE)
            yield
            self._draw()

    def _redraw(self) -> None:
        while not self._is_over.wait(_INTERVAL_SECONDS):
            with self._lock:
                self._draw()

    def _draw(self) -> None:
        size = _ANY_SIZE
        with contextlib.suppress(OSError):  # the size of stdout, which libraries ask for, is no help: it may be a pipe
            size = os.get_terminal_size(self._stream.fileno())
        lines = progress_lines(
            self._views.values(), time.monotonic(), _ANY_SIZE if 0 in size else size, self._stream.encoding
        )
        if lines:
            back = f"\x1b[{len(lines) - 1}A" if len(lines) > 1 else ""
            self._write("\r" + "\x1b[K\n".join(lines) + f"{_ERASE[1:]}\r{back}")

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # a terminal that was closed is no reason to end a sync
            self._stream.write(text)
            self._stream.flush()
