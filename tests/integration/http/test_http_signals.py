"""SIGTERM and SIGINT end a server with 0, and all of its processes, whenever they come."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from calls import PATIENCE_SECONDS, goes_on, port_of, process
from servers import wait_for
from shop import NAMESPACE

PROGRAM = Path(__file__).with_name("interrupted.py")
TALK = ("Serving ", "Warning: ", "{")  # the address, the store that is not there, the access log


@pytest.mark.parametrize(
    ("name", "kind", "starts", "workers"),
    [
        ("SIGTERM", "callbacks", 6, 1),
        ("SIGINT", "callbacks", 3, 1),
        ("SIGTERM", "calls", 6, 1),
        ("SIGTERM", "calls", 6, 2),
        ("SIGINT", "calls", 3, 2),
    ],
)
def test_a_signal_at_any_step_of_the_start_ends_the_server(name, kind, starts, workers, tmp_path):
    """With 0, no worker left and nothing to be read but what a server says: no traceback, no exception that was dropped."""
    command = [sys.executable, str(PROGRAM), name, kind, str(starts), str(workers), f"sqlite:{tmp_path}/absent.db"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 1 + starts
    for line in lines:
        assert line["status"] == 0, line
        assert all(said.startswith(TALK) for said in line["output"].splitlines()), line


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_more_signals_do_not_cut_off_what_is_under_way(embedded_shop, workers, number):
    """The answer still comes, and no traceback of a request that was given up."""
    head, body = (
        b"POST /get-online-features HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n",
        b"{}",
    )
    with process(embedded_shop.url, NAMESPACE, "--workers", workers, "--max-seconds", str(PATIENCE_SECONDS)) as started:
        with socket.create_connection(("127.0.0.1", port_of(started))) as connection:
            connection.settimeout(PATIENCE_SECONDS)
            connection.sendall(head)
            assert connection.recv(100).startswith(b"HTTP/1.1 100")  # the request has begun
            started.send_signal(number)
            wait_for(lambda: _refuses(port_of(started)), "new connections are taken")
            started.send_signal(number)
            connection.sendall(body)
            assert connection.recv(100).startswith(b"HTTP/1.1 422")
        _, said = started.communicate(timeout=PATIENCE_SECONDS)
        assert (started.returncode, said) == (0, "")


def test_workers_end_with_the_process_that_started_them(embedded_shop):
    """One that was killed can tell them nothing; they would keep the address, and its successor could not start."""
    with process(embedded_shop.url, NAMESPACE, "--workers", "2") as started:
        wait_for(lambda: len(psutil.Process(started.pid).children()) > 2, "not all workers have begun")
        children = psutil.Process(started.pid).children()
        started.kill()
        started.wait(timeout=PATIENCE_SECONDS)
        wait_for(lambda: not any(goes_on(child) for child in children), "a worker goes on")
        assert _refuses(port_of(started))


def _refuses(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) != 0
