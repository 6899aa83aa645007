"""Break the online store on purpose, one slip at a time: every mutant must die.

    python tests/mutants/store.py [--only TEXT] [--jobs N]

For each slip the packages are copied with it into a folder that comes first on the path, of subprocesses too, and the tests
that it names run against the copy; before that they run against a copy without a slip, for a red test would kill anything.
Every process that ends in good order tells where it had the packages from: one that had them from elsewhere stops the run.
A survivor is a hole in the tests: exit 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from slips import SLIPS
from telling import Telling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slips.slip import Slip

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("featurectl", "serving")
WITNESS = "imported.txt"
PATIENCE_SECONDS = 300  # a sync that waits for ever is noticed too, by whoever waits for it
PASSED, FAILED = 0, 1  # as pytest exits; anything else is a slip that does not import, or a test that is not there

# Python runs it first in every process that has the copy on its path; the witness is written when the process ends.
_TELL_WHERE_FROM = f"""
import atexit, sys
from pathlib import Path

def tell():
    found = [sys.modules[name].__file__ for name in {PACKAGES!r} if name in sys.modules]
    with (Path(__file__).parent / {WITNESS!r}).open("a") as witness:
        witness.writelines(f"{{path}}\\n" for path in found)

atexit.register(tell)
"""


def slipped(slip: Slip) -> str:
    """The text of the slip's file with the slip in it."""
    text = (ROOT / slip.path).read_text()
    if text.count(slip.old) != 1:
        raise SystemExit(f"{slip.path}: expected {slip.old!r} exactly once, got it {text.count(slip.old)} times")
    return text.replace(slip.old, slip.new)


def lay(folder: Path) -> None:
    """Put copies of the packages into a folder."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name)
    (folder / "sitecustomize.py").write_text(_TELL_WHERE_FROM)


def verdict(folder: Path, tests: Iterable[str]) -> tuple[int | None, str]:
    """How pytest exits, with its output, when the packages come from a folder; None for one that does not end."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        *(f"{ROOT}/{test}" for test in tests),
    ]
    # Without the safe path the working directory, which has the packages too, would come before the copy.
    env = os.environ | {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1", "HYPOTHESIS_STORAGE_DIRECTORY": str(folder)}
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return None, process.communicate()[0]
    witness = folder / WITNESS
    sources = set(witness.read_text().splitlines()) if witness.exists() else set()
    strange = [source for source in sources if not source.startswith(f"{folder}/")]
    if strange or not sources:
        raise SystemExit(f"expected the packages of {folder}, got {strange or 'none'} ({' '.join(command)})\n{output}")
    return process.returncode, output


def require_green(slips: Iterable[Slip]) -> None:
    """Stop unless all tests pass against the packages as they are."""
    tests = sorted({test for slip in slips for test in slip.tests})
    with tempfile.TemporaryDirectory(prefix="featurectl-mutant-") as name:
        lay(Path(name))
        status, output = verdict(Path(name), tests)
    if status != PASSED:
        raise SystemExit(f"expected the tests to pass without a slip, got:\n{output}")


def trial(slip: Slip, text: str) -> tuple[bool, float]:
    """Whether one of the slip's tests fails against it, and in how many seconds."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="featurectl-mutant-") as name:
        lay(Path(name))
        (Path(name) / slip.path).write_text(text)
        status, output = verdict(Path(name), slip.tests)
    if status not in (PASSED, FAILED, None):
        raise SystemExit(f"{slip.path}: {slip.new!r}: expected tests that run, got:\n{output}")
    return status != PASSED, time.monotonic() - started


def main() -> None:
    """Run the slips, print a line each, exit 1 when one survives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="Slips whose file, text or tests have this text.")
    parser.add_argument("--jobs", type=int, default=1, help="Slips at a time.")
    asked = parser.parse_args()
    chosen = [slip for slip in SLIPS if asked.only in " ".join((slip.path, slip.old, slip.new, *slip.tests))]
    if not chosen:
        parser.error(f"--only: expected a text of some slip, got {asked.only!r}")
    texts = [slipped(slip) for slip in chosen]  # one that fits no more is told before the others have run
    require_green(chosen)
    telling = Telling()
    with ThreadPoolExecutor(asked.jobs) as pool:
        for slip, (killed, seconds) in zip(chosen, pool.map(trial, chosen, texts), strict=True):
            telling.tell(killed, seconds, slip.path, slip.old, slip.new, " ".join(slip.tests))
    telling.exit()


if __name__ == "__main__":
    main()
