"""Ctrl-C and SIGTERM in the middle of `sync-online`: what they leave, what they say, and the next run."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from contextlib import closing

import pytest
from stored import contents
from zoo import BASE, NAMESPACE

from featurectl.online.writers import open_writer
from featurectl.online.writers.base import LockHeldError

# Sends itself a signal when a function is called for the first time: the same instant on every machine.
COMMAND = """
import os, sys
from featurectl.cli import main
function, number = sys.argv[1], int(sys.argv[2])
def on_call(frame, event, _):
    if event == "call" and frame.f_code.co_name == function and "featurectl/online" in frame.f_code.co_filename:
        sys.setprofile(None)
        os.kill(os.getpid(), number)
sys.argv[1:] = ["sync-online", *sys.argv[3:]]
sys.setprofile(on_call)
main()
"""
UNDER_THE_LOCK = ["put_schema", "send_rows", "publish_catalog", "write_state"]


def interrupted(zoo, url, function, number, *options):
    """The end of a sync of one view that got a signal at a call of a function."""
    folder = str(zoo.project_dir)
    arguments = ["--as-of", BASE.isoformat(), "--select", "pairs", "--online-store", url]
    arguments += ["--project-dir", folder, "--profiles-dir", folder, *options]
    command = [sys.executable, "-c", COMMAND, function, str(int(number)), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def take_lock(url):
    with closing(open_writer(url, NAMESPACE)) as writer:
        writer.release_lock(writer.acquire_lock("pairs", 0, ttl_ms=60_000))


@pytest.mark.parametrize("function", UNDER_THE_LOCK)
def test_ctrl_c_gives_the_lock_back(built_zoo, sqlite_url, tmp_path, function):
    """Exit 1 and one word; the next run need not wait, and makes the store what it would have been. Whoever watches is told."""
    metrics = tmp_path / "sync.prom"
    done = interrupted(built_zoo, sqlite_url, function, signal.SIGINT, "--metrics-file", str(metrics))
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "\nAborted!\n")
    assert re.search(r"featurectl_sync_success\{.*\} 0", metrics.read_text())
    take_lock(sqlite_url)
    assert built_zoo.sync(BASE, url=sqlite_url, select="pairs").exit_code == 0
    whole = f"sqlite://{tmp_path}/whole.db"
    assert built_zoo.sync(BASE, url=whole, select="pairs").exit_code == 0
    assert rows(sqlite_url) == rows(whole)


def test_sigterm_ends_at_once_and_leaves_the_lock_to_expire(built_zoo, redis_url):
    """Nothing is said; whoever comes within the minute is told for how long."""
    done = interrupted(built_zoo, redis_url, "send_rows", signal.SIGTERM)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGTERM, "", "")
    with pytest.raises(LockHeldError, match=r"for up to (60|[1-5]?\d) s"):
        take_lock(redis_url)


def rows(url):
    return {key: value for key, value in contents(url).items() if "@0:{" in str(key)}
