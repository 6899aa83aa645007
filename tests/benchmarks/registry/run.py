"""Whole processes of `featurectl` on a manifest of 1,000 models, against a Python that only decodes the file.

    python tests/benchmarks/registry/run.py --json bench/registry.json

The least of several runs counts: whatever else the machine does only adds. Seconds of processor time stand beside.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from big_project import write_big_project

# Python started, the libraries of the registry loaded, and the file's names read: less cannot tell what there is.
FLOOR = """
import sys, click, msgspec
class Node(msgspec.Struct): name: str
class Manifest(msgspec.Struct): nodes: dict[str, Node]
print(len(msgspec.json.decode(open(sys.argv[1], 'rb').read(), type=Manifest).nodes))
"""
AIMS = {"list": 0.4, "check": 5.0}  # seconds
COMMANDS = {
    "list": ["list"],
    "list --type feature": ["list", "--type", "feature"],
    "list --select": ["list", "--select", "stg_orders_customer_0+"],
    "search": ["search", "weekly refunds of a merchant"],
    "describe": ["describe", "customer_orders_0"],
    "check": ["check"],
}


def run() -> int:
    """Print a row a command, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5, help="Runs of each command.")
    parser.add_argument("--json", type=Path, help="Write the figures there, too.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "market"
        manifest = write_big_project(project)
        print(f"manifest of 1,000 models, {manifest.stat().st_size / 1e6:.1f} MB; the least of {options.repeat} runs\n")
        floor = measure([sys.executable, "-c", FLOOR, str(manifest)], options.repeat)
        figures = {"floor: decode the file": floor}
        program = str(Path(sys.executable).with_name("featurectl"))
        for name, arguments in COMMANDS.items():
            command = [program, *arguments, "--project-dir", str(project)]
            figures[name] = measure(command, options.repeat)
    print(f"{'command':24}{'wall s':>8}{'cpu s':>8}{'x floor':>9}{'aim s':>8}")
    for name, (wall, cpu) in figures.items():
        aim = AIMS.get(name)
        print(f"{name:24}{wall:8.2f}{cpu:8.2f}{wall / floor[0]:9.1f}{aim or '':>8}")
    if options.json:
        rows = {name: {"wall_seconds": wall, "cpu_seconds": cpu} for name, (wall, cpu) in figures.items()}
        options.json.write_text(json.dumps(rows, indent=2))
    return 0


def measure(command: list[str], repeat: int) -> tuple[float, float]:
    """The least wall and processor seconds of a program that ends well (or, as `check` does, with findings)."""
    walls, cpus = [], []
    for _ in range(repeat):
        before, started = _children_seconds(), time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        walls.append(time.perf_counter() - started)
        cpus.append(_children_seconds() - before)
        if done.returncode not in (0, 1) or "Traceback" in done.stderr:
            raise RuntimeError(f"{command}: expected exit status 0 or 1, got {done.returncode}\n{done.stderr}")
    return min(walls), min(cpus)


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    raise SystemExit(run())
