"""The other side of a plan between two manifests: a file, a folder, or a git ref."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from featurectl.build import inspect
from featurectl.manifest import read_manifest
from featurectl.plan.changes import Plan
from featurectl.plan.code import source_code
from featurectl.plan.compare import compare
from featurectl.plan.deprecation import deprecations
from featurectl.plan.description import describe_registry, narrowed
from featurectl.plan.revision import find_revision

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from featurectl.plan.description import Description, ViewKey
    from featurectl.plan.parse import DbtParse
    from featurectl.registry import Registry

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Other:
    """What is compared with.

    Attributes:
        name: For people.
        errors: Findings that leave declarations out; it may be of an older time, with other rules.
    """

    name: str
    description: Description
    errors: int


def plan_against(
    registry: Registry,
    manifest_path: Path,
    given: str,
    dbt: DbtParse,
    now: datetime,
    only: Collection[ViewKey] | None = None,
) -> Plan:
    """What a manifest changes against another one.

    Args:
        registry: Of `manifest_path`.
        manifest_path: The side that is meant to take the other's place.
        given: A manifest.json, a folder that holds one, or a git ref of the project's repository.
        dbt: For a ref without a committed manifest.
        now: Aware; deprecation dates are held against it.
        only: The views that were asked for; all without.

    Raises:
        ProjectError: There is no such manifest or ref, or dbt cannot parse it.
    """
    other = read_other(given, dbt, target=manifest_path.parent)
    before, after = narrowed(other.description, describe_registry(registry, source_code(manifest_path)), only)
    warnings = deprecations(after, now)
    if other.errors:
        count = f"{other.errors} error{'s' if other.errors > 1 else ''}"
        warnings.append(f"{other.name}: {count} in its metadata; what has one is left out")
    return Plan(other.name, compare(before, after), warnings=tuple(warnings))


def read_other(given: str, dbt: DbtParse, target: Path) -> Other:
    """The other side.

    Args:
        given: As of `plan_against`.
        dbt: Likewise.
        target: Where the user's project has its manifest; a committed one is looked for at the same place.
    """
    path = Path(given)
    if (path / MANIFEST).is_file():
        path /= MANIFEST
    if path.is_file():
        return _read(path, given)
    revision = find_revision(dbt.project_dir, given)
    with tempfile.TemporaryDirectory(prefix="featurectl-") as folder:
        committed = _committed(revision.read, dbt.project_dir, target)
        if committed is None:
            path = dbt.parse(revision.unpack(Path(folder)), given)
        else:
            path = Path(folder) / MANIFEST
            path.write_bytes(committed)
        return _read(path, f"{given} ({revision.commit[:7]})")


def _committed(read: Callable[[Path], bytes | None], project_dir: Path, target: Path) -> bytes | None:
    here, there = project_dir.resolve(), target.resolve()
    return read(there.relative_to(here) / MANIFEST) if there.is_relative_to(here) else None


def _read(path: Path, name: str) -> Other:
    registry, findings = inspect(read_manifest(path))
    errors = sum(finding.severity == "error" for finding in findings)
    return Other(name, describe_registry(registry, source_code(path)), errors)
