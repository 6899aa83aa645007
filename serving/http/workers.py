"""Worker processes: started, watched, replaced when they die, ended together."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from multiprocessing.process import BaseProcess

RESTART_PAUSE_SECONDS = 1.0


def keep_running(count: int, work: Callable[[], None], listener: socket.socket, told: socket.socket) -> None:
    """Run `work` in processes of their own until told to end; then end them with SIGTERM, and return when all are gone.

    Args:
        count: Of processes.
        work: Can be pickled, for the processes start afresh; ends on SIGTERM.
        listener: That the processes share. It is closed here when they are to end: while one of them finishes, a caller that this
            process still listened for would be neither answered nor refused.
        told: Becomes readable when they are to end. No signal's handler may raise meanwhile: a process could be started by half.
    """
    processes: list[BaseProcess] = []
    try:
        processes.extend(_start(work) for _ in range(count))
        while told not in wait([told, *(process.sentinel for process in processes)]):
            for index, process in enumerate(processes):
                if process.exitcode is None:
                    continue
                # One that cannot start must not spin, and where all were told to end there is no other.
                if wait([told], RESTART_PAUSE_SECONDS):
                    return
                sys.stderr.write(f"worker {process.pid} ended with {process.exitcode}; starting another\n")
                processes[index] = _start(work)
    finally:
        listener.close()
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def _start(work: Callable[[], None]) -> BaseProcess:
    """A process that never sees SIGINT: a terminal sends it to all of them, and the one that started them ends them with SIGTERM."""
    resource_tracker.ensure_running()  # multiprocessing would start it on the way, and let SIGINT through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process = multiprocessing.get_context("spawn").Process(target=work)
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return process


def end_with_parent() -> None:
    """In a worker: SIGTERM when the process that started it is gone and can send none, or it would keep the address for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
