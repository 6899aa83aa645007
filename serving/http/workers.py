"""Worker processes: started, watched, replaced when they die, ended together."""

from __future__ import annotations

import multiprocessing
import sys
import time
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

RESTART_PAUSE_SECONDS = 1.0


def keep_running(count: int, work: Callable[[], None], listener: socket.socket) -> None:
    """Run `work` in processes of their own until this one is told to end (SystemExit); then end them with SIGTERM.

    Args:
        count: Of processes.
        work: Can be pickled, for the processes start afresh; ends on SIGTERM.
        listener: That the processes share. It is closed here when they are to end: while one of them finishes, a caller that this
            process still listened for would be neither answered nor refused.
    """
    fresh = multiprocessing.get_context("spawn")

    def start() -> multiprocessing.process.BaseProcess:
        process = fresh.Process(target=work)
        process.start()
        return process

    processes = [start() for _ in range(count)]
    try:
        while True:
            wait([process.sentinel for process in processes])
            for index, process in enumerate(processes):
                if process.exitcode is not None:
                    sys.stderr.write(f"worker {process.pid} ended with {process.exitcode}; starting another\n")
                    time.sleep(RESTART_PAUSE_SECONDS)  # one that cannot start must not spin
                    processes[index] = start()
    finally:
        listener.close()
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
