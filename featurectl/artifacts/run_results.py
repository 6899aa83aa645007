"""When dbt last built each node, from target/run_results.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from pathlib import Path


class LastBuild(NamedTuple):
    """The newest run of a node that run_results.json tells of.

    Attributes:
        completed_at: ISO 8601, UTC.
        status: dbt's word: ``success``, ``error``, ``skipped``.
    """

    completed_at: str
    status: str


class _Timing(msgspec.Struct, frozen=True):
    name: str = ""
    completed_at: str | None = None


class _Result(msgspec.Struct, frozen=True):
    unique_id: str
    status: str = ""
    timing: list[_Timing] = []


class _RunResults(msgspec.Struct, frozen=True):
    results: list[_Result] = []


def read_last_builds(path: Path) -> dict[str, LastBuild]:
    """The last builds by unique id; empty where there is no such file, or one that cannot be read: it is only told of."""
    try:
        read = msgspec.json.decode(path.read_bytes(), type=_RunResults)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    builds = {}
    for result in read.results:
        ends = [timing.completed_at for timing in result.timing if timing.name == "execute" and timing.completed_at]
        if ends:
            builds[result.unique_id] = LastBuild(max(ends), result.status)
    return builds
