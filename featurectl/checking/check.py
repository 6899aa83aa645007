"""Everything that `featurectl check` finds, from all its rules: accepted, limited and located."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

from featurectl.build import inspect
from featurectl.checking.lines import locate_findings
from featurectl.checking.scope import select_declared
from featurectl.rules.accept import accept_findings
from featurectl.rules.built_table import check_built_tables
from featurectl.rules.key_tests import check_key_tests
from featurectl.rules.leakage.lint import check_leakage
from featurectl.rules.service_views import check_service_views
from featurectl.rules.stray_block import check_stray_blocks
from featurectl.rules.update_interval import check_update_intervals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from featurectl.manifest import Exposure, Manifest, Node
    from featurectl.registry import Registry
    from featurectl.rules.finding import Finding


@dataclass(frozen=True, slots=True)
class Asked:
    """What to check, and against what.

    Attributes:
        project_dir: The folder of dbt_project.yml, where YAML is read for lines.
        as_of: The instant that counts as now, aware.
        built: Columns of built tables in the table's order, by unique id; those absent are not compared.
        select: Selectors; empty means everything.
    """

    project_dir: Path
    as_of: datetime
    built: Mapping[str, Sequence[str]] = field(default_factory=dict)
    select: Sequence[str] = ()
    exclude: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found.

    Attributes:
        registry: The declarations that can be read.
        findings: Ordered by file, line and node; accepted ones among them.
    """

    registry: Registry
    findings: tuple[Finding, ...]

    def standing(self, severity: str | None = None) -> list[Finding]:
        """Those that are not accepted, of one severity or of both."""
        return [each for each in self.findings if each.accepted is None and severity in (None, each.severity)]

    def accepted(self) -> list[Finding]:
        """Those that the project accepts."""
        return [each for each in self.findings if each.accepted is not None]


def check_project(manifest: Manifest, asked: Asked) -> Checked:
    """Judge all of the project, then keep what was asked for.

    Raises:
        UnknownNameError: A selector means nothing.
    """
    with _without_garbage_collection():
        return _check(manifest, asked)


def _check(manifest: Manifest, asked: Asked) -> Checked:
    registry, findings = inspect(manifest)
    scope = select_declared(manifest, registry, asked.select, asked.exclude)
    found = [
        *findings,
        *check_stray_blocks(manifest),
        *check_key_tests(manifest),
        *check_update_intervals(manifest, registry.views),
        *check_service_views(manifest, registry, asked.as_of),
        *check_built_tables(manifest, registry, asked.built),
        *check_leakage(manifest, registry),
    ]

    def was_checked(unique_id: str, rule: str) -> bool:
        if rule.startswith("built-"):
            return unique_id in asked.built
        node = manifest.nodes.get(unique_id)
        return not rule.startswith("leakage/") or node is None or node.compiled_code is not None

    judged = accept_findings(manifest, _identify(found, manifest), was_checked)
    kept = [finding for finding in judged if scope is None or finding.unique_id in scope]
    located = locate_findings(kept, manifest, asked.project_dir)
    return Checked(registry, tuple(sorted(located, key=_position)))


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Syntax trees are many small objects that all stay: looking for garbage among them takes a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _position(finding: Finding) -> tuple[str, int, str]:
    return finding.path, finding.line or 0, finding.node


def _identify(findings: Iterable[Finding], manifest: Manifest) -> list[Finding]:
    """Findings that know only a name and a file get the id of the node that has both."""
    everything: Iterable[Node | Exposure] = chain(manifest.nodes.values(), manifest.exposures.values())
    ids = {
        (name, path): declared.unique_id
        for declared in everything
        for name in (declared.name, declared.label)
        for path in (declared.original_file_path, declared.declared_in)
    }
    return [
        finding if finding.unique_id else replace(finding, unique_id=ids.get((finding.node, finding.path), ""))
        for finding in findings
    ]
