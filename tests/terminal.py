"""A terminal for programs under test: what they write to it, and what a person then sees."""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading
from typing import TYPE_CHECKING

import pyte
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PATIENCE_SECONDS = 60


class Terminal:
    """A pseudo-terminal with a screen, which a thread keeps as a person sees it.

    Attributes:
        end: File descriptor of the program's end; whoever has it closes it.
        written: All that was written to it so far.
    """

    def __init__(self, columns: int = 80, lines: int = 24) -> None:
        self._own, self.end = pty.openpty()
        self._screen = pyte.Screen(columns, lines)
        self.written = ""
        self._changed = threading.Condition()
        self.resize(columns, lines)
        self._thread = threading.Thread(target=self._show, daemon=True)
        self._thread.start()

    def resize(self, columns: int, lines: int = 24) -> None:
        """As by dragging the window's corner; what has no room any more is gone."""
        with self._changed:
            fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            self._screen.resize(lines, columns)

    def wait(self, is_so: Callable[[list[str]], bool]) -> list[str]:
        """The lines that are to be seen, as soon as they are as wanted; fails when they never are."""
        with self._changed:
            if not self._changed.wait_for(lambda: is_so(self._lines()), _PATIENCE_SECONDS):
                pytest.fail(f"not what the terminal came to show: {self._lines()}")
            return self._lines()

    def last(self) -> list[str]:
        """The lines that are to be seen when the program has closed its end."""
        self._thread.join()
        return self._lines()

    def run(self, command: Sequence[str], *, stdout: int | None = None) -> tuple[int, str]:
        """Run a command whose stderr is this terminal, as is stdout unless given; exit status, and stdout where it is a pipe."""
        with subprocess.Popen(command, stdout=stdout or self.end, stderr=self.end, text=True) as process:
            os.close(self.end)
            printed = process.stdout.read() if process.stdout else ""
        self._thread.join()
        return process.returncode, printed

    def _show(self) -> None:
        stream = pyte.ByteStream(self._screen)
        while read := self._read():
            with self._changed:
                self.written += read.decode(errors="replace")
                stream.feed(read)
                self._changed.notify_all()
        os.close(self._own)

    def _read(self) -> bytes:
        try:
            return os.read(self._own, 65536)
        except OSError as error:
            if error.errno != errno.EIO:  # Linux' way to say that nobody has the other end open
                raise
            return b""

    def _lines(self) -> list[str]:
        """Without blanks at the right, nor empty lines at the end."""
        text = "\n".join(line.rstrip() for line in self._screen.display).rstrip()
        return text.split("\n") if text else []
