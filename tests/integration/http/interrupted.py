"""A program that starts `featurectl serve` again and again and signals each at another step of its start; one JSON line a start.

    python interrupted.py SIGTERM|SIGINT calls|callbacks STARTS WORKERS ONLINE_STORE

A step is a call of a Python function, so neither a clock nor the machine's speed decides where the signal arrives. The first one
is the first with a handler of its own for the signal, the last the one after which the server has answered. Callbacks are those of the import
machinery alone: what a signal's handler raises there is printed and dropped. SIGINT goes to all processes, as from a terminal.
"""

from __future__ import annotations

import json
import mmap
import os
import re
import signal
import struct
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "serving"))

import psutil
from calls import goes_on
from servers import PATIENCE_SECONDS, wait_for

import serving.http.server  # noqa: F401 - once for all of the forks below
from featurectl.cli import main

if TYPE_CHECKING:
    from types import FrameType

CALLBACK = ("<frozen importlib._bootstrap>", "cb")


class Start:
    """One server, in a process group of its own, that is signalled at a step (0: at none)."""

    def __init__(self, number: int, kind: str, at: int, workers: str, url: str) -> None:
        self._number, self._kind, self._at = number, kind, at
        self._steps = mmap.mmap(-1, 8)  # shared with the fork
        with tempfile.NamedTemporaryFile(delete=False) as file:
            self._output = Path(file.name)
        self.process = os.fork()
        if self.process:
            return
        os.setsid()
        output = os.open(self._output, os.O_WRONLY | os.O_APPEND)
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.argv = ["featurectl", "serve", "--online-store", url, "--namespace", "a:b", "--port", "0"]
        sys.argv += ["--workers", workers]
        sys.setprofile(self._on_call)
        main()

    def _on_call(self, frame: FrameType, event: str, _: Any) -> None:
        if event != "call" or signal.getsignal(self._number) in (signal.SIG_DFL, signal.default_int_handler):
            return
        if self._kind == "calls" or (frame.f_code.co_filename, frame.f_code.co_name) == CALLBACK:
            self._steps[:] = struct.pack("q", self.steps() + 1)
            if self.steps() == self._at:
                self.signal()

    def steps(self) -> int:
        """How many there were."""
        return int(struct.unpack("q", self._steps[:])[0])

    def signal(self) -> None:
        """Send what it is to get."""
        pid = self.process or os.getpid()
        (os.killpg if self._number == signal.SIGINT else os.kill)(pid, self._number)

    def output(self) -> str:
        """What it wrote so far."""
        return self._output.read_text()

    def answers(self) -> bool:
        """Whether it takes requests."""
        url = re.search(r"http://\S+(?=\n)", self.output())
        if url is None:
            return False
        try:
            with urllib.request.urlopen(f"{url[0]}/health", timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - http
                return bool(answer.status == 200)
        except OSError:
            return False

    def end(self) -> dict[str, Any]:
        """Its exit status and what it wrote, when no process of it is left."""
        ended: list[int] = []

        def is_over() -> bool:
            if not ended:
                process, status = os.waitpid(self.process, os.WNOHANG)
                ended.extend([status] if process else [])
            return bool(ended)

        try:
            wait_for(lambda: is_over() or self.answers(), f"step {self._at}: the server neither ends nor answers")
            if not ended and (
                not self._at or self.steps() < self._at
            ):  # it was at work with fewer steps than the one before
                self.signal()
            wait_for(is_over, f"step {self._at}: the server goes on; {self.output()}")
            wait_for(self._is_alone, f"step {self._at}: a worker goes on; {self.output()}")
        except AssertionError:
            os.killpg(self.process, signal.SIGKILL)
            raise
        told = {"at": self._at, "status": os.waitstatus_to_exitcode(ended[0]), "output": self.output()}
        self._output.unlink()
        return told

    def _is_alone(self) -> bool:
        return not any(goes_on(each) and self._is_ours(each) for each in psutil.process_iter())

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return os.getpgid(process.pid) == self.process
        except ProcessLookupError:
            return False


def run(name: str, kind: str, starts: str, *settings: str) -> None:
    """Start once to count the steps, then as often as asked, with signals at steps that are evenly spread over them."""
    number = signal.Signals[name]
    whole = Start(number, kind, 0, *settings)
    wait_for(whole.answers, "the server does not answer")
    steps = whole.steps()
    lines = [whole.end()]
    lines += [Start(number, kind, 1 + steps * each // int(starts), *settings).end() for each in range(int(starts))]
    for line in lines:
        sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    run(*sys.argv[1:])
