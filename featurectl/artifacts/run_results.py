"""dbt's target/run_results.json: what the last dbt command was, and what came of each node."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from featurectl.errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

RUN_RESULTS = "run_results.json"  # beside the manifest


class LastBuild(NamedTuple):
    """The newest run of a node that run_results.json tells of.

    Attributes:
        completed_at: ISO 8601, UTC.
        status: dbt's word: ``success``, ``error``, ``skipped``.
    """

    completed_at: str
    status: str


class Timing(msgspec.Struct, frozen=True):
    """A phase of a node's run; its end in ISO 8601, UTC."""

    name: str
    completed_at: str | None = None


class Result(msgspec.Struct, frozen=True):
    """What came of a node, in dbt's word: ``success``, ``pass``, ``fail``, ``error``, ``skipped`` ..."""

    unique_id: str
    status: str
    timing: list[Timing] = []


class Arguments(msgspec.Struct, frozen=True):
    """What dbt was called with: the command, and the target where it was named."""

    which: str | None = None
    target: str | None = None


class RunMetadata(msgspec.Struct, frozen=True):
    """Which dbt command wrote the file."""

    invocation_id: str | None = None


class RunResults(msgspec.Struct, frozen=True):
    """The last dbt command that wrote results."""

    results: list[Result] = []
    args: Arguments = Arguments()
    metadata: RunMetadata = RunMetadata()


def read_run_results(path: Path) -> RunResults | None:
    """The file, or None where there is none.

    Raises:
        ProjectError: It cannot be read, or is no run results.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunResults)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path}: expected dbt's run results, got {error}", hint="Run `dbt build` again.") from error


def read_last_builds(path: Path) -> dict[str, LastBuild]:
    """The last builds by unique id; empty where there is no such file, or one that cannot be read: it is only told of."""
    try:
        run = read_run_results(path)
    except ProjectError:
        return {}
    builds = {}
    for result in run.results if run else []:
        ends = [timing.completed_at for timing in result.timing if timing.name == "execute" and timing.completed_at]
        if ends:
            builds[result.unique_id] = LastBuild(max(ends), result.status)
    return builds
