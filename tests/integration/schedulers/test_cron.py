"""docs/examples/crontab in a real cron: Debian's, the lines as they are but for the minute they start at.

It is a daemon of root that reads fixed folders, so it runs in mounts and processes of its own: the system's crontabs are not seen, and
nothing of it stays. The program is the one on the PATH, or that of an unpacked package beside the other schedulers.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time

import pytest

# Only root may start a cron, and see it take on the user of a crontab.
CRON_ALONE = """
mount -t tmpfs tmpfs /var/spool
mount -t tmpfs tmpfs /run
test ! -d /etc/cron.d || mount -t tmpfs tmpfs /etc/cron.d
test ! -e /etc/crontab || mount --bind /dev/null /etc/crontab
mkdir -p /var/spool/cron/crontabs
install -m 600 "$2" /var/spool/cron/crontabs/root
exec "$1" -f
"""


@pytest.fixture
def cron(tools, tmp_path):
    """A function from a crontab of root's to a running cron that has read it; ended with the test."""
    program = shutil.which("cron", path=f"{tools.parent}/cron/usr/sbin:/usr/sbin:{os.environ['PATH']}")
    if program is None or os.geteuid() != 0:
        pytest.fail("the crontab is run by Debian's cron, as root: install the package `cron`, run as root")
    started = []

    def start(crontab):
        path = tmp_path / "crontab"
        path.write_text(crontab)
        apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        process = subprocess.Popen([*apart, "sh", "-euc", CRON_ALONE, "sh", program, path])
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()  # and with it all that it started
        process.wait()


def every_minute(crontab):
    """The same lines, due each minute."""
    changed, lines = re.subn(r"^[*\d]\S*( \S+){4} ", "* * * * * ", crontab, flags=re.MULTILINE)
    assert lines == 2
    return changed


def test_cron_builds_publishes_and_collects(cron, scheduled):
    """By what the crontab says alone: cron gives a job no environment but HOME, LOGNAME, SHELL and the crontab's own lines."""
    log = scheduled.folder / "sync.log"
    proof = f"* * * * * env > {scheduled.folder}/environment\n"
    process = cron(every_minute(scheduled.example("crontab")) + proof)
    patience = time.monotonic() + 1200
    while not (
        log.exists() and "Nothing has been out of the manifest" in log.read_text() and scheduled.planes_online()
    ):
        assert process.poll() is None, "cron ended"
        assert time.monotonic() < patience, log.read_text() if log.exists() else "cron ran nothing"
        time.sleep(1)
    told = log.read_text()
    views = [json.loads(line) for line in told.splitlines() if line.startswith('{"view"')]
    assert "Completed successfully" in told
    assert len(views) > 3
    assert not any(view["problems"] for view in views)
    while not (scheduled.folder / "sync.prom").exists():
        assert time.monotonic() < patience
        time.sleep(1)
    assert scheduled.planes_online() > 3000
    environment = dict(line.split("=", 1) for line in (scheduled.folder / "environment").read_text().splitlines())
    assert environment.keys() <= {
        "HOME",
        "LOGNAME",
        "SHELL",
        "PATH",
        "LANG",
        "PWD",
        "OLDPWD",
        "FEATURECTL_ONLINE_STORE",
    }
    assert environment["PATH"] == f"{scheduled.folder}/.venv/bin:/usr/bin:/bin"
