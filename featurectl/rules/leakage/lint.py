"""Which models are judged for leakage, and by which rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.compiled import UnparsedError, dialect_name, parse_compiled
from featurectl.rules.finding import Finding, Place
from featurectl.rules.leakage.clock import check_clock
from featurectl.rules.leakage.randomness import check_random
from featurectl.rules.leakage.subject import Subject, find_parent
from featurectl.rules.leakage.tree import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlglot import exp

    from featurectl.manifest import Manifest, Node
    from featurectl.registry import Registry

RULES_OF_FEATURES = (check_clock, check_random)
RULES_OF_TRAINING_SETS = (check_clock, check_random)


def check_leakage(manifest: Manifest, registry: Registry) -> list[Finding]:
    """Findings of the leakage rules, ordered by file and node.

    Judged are the feature views and the models above them, each once, by all rules; training sets by clock and random alone, for
    what a label looks at may lie ahead. Models without compiled code, as `dbt parse` leaves them, are not guessed at: one warning counts them.
    """
    features = _lineage(manifest, registry)
    training_sets = {ts.unique_id for ts in registry.training_sets}
    judged = [*features, *sorted(training_sets - set(features))]
    dialect = dialect_name(manifest.metadata.adapter_type)
    findings: list[Finding] = []
    uncompiled = [manifest.nodes[unique_id] for unique_id in judged if not manifest.nodes[unique_id].compiled_code]
    if uncompiled:
        findings.append(_not_compiled(uncompiled, len(judged)))
    subjects = _read(
        manifest,
        registry,
        [unique_id for unique_id in judged if manifest.nodes[unique_id].compiled_code],
        dialect,
        findings,
    )
    for unique_id, subject in subjects.items():
        rules = RULES_OF_TRAINING_SETS if unique_id in training_sets else RULES_OF_FEATURES
        for rule in rules:
            rule(subject)
        findings += subject.place.findings
    return sorted(findings, key=lambda finding: (finding.path, finding.node))


def _lineage(manifest: Manifest, registry: Registry) -> list[str]:
    """Views and the SQL models above them, each before its parents."""
    order: list[str] = []
    seen: set[str] = set()
    stack = [(view.unique_id, False) for view in reversed(registry.views)]
    while stack:
        unique_id, is_done = stack.pop()
        if is_done:
            order.append(unique_id)
            continue
        node = manifest.nodes.get(unique_id)
        if unique_id in seen or node is None or node.resource_type != "model" or node.language not in (None, "sql"):
            continue
        seen.add(unique_id)
        stack.append((unique_id, True))
        stack += [(parent, False) for parent in node.depends_on.nodes]
    return order[::-1]


def _read(
    manifest: Manifest, registry: Registry, judged: Iterable[str], dialect: str | None, findings: list[Finding]
) -> dict[str, Subject]:
    views = {view.unique_id: view for view in registry.views}
    subjects: dict[str, Subject] = {}
    for unique_id in judged:
        node = manifest.nodes[unique_id]
        place = Place(node.name, node.original_file_path)
        parents = {
            parent: found
            for parent in node.depends_on.nodes
            if (found := manifest.nodes.get(parent) or manifest.sources.get(parent)) is not None
        }

        def has_column(table: exp.Table, name: str, parents: dict[str, Node] = parents) -> bool | None:
            parent = find_parent(table, parents.values())
            if parent is None:
                return None
            subject = subjects.get(parent.unique_id)
            if subject is not None:
                return subject.statement.result()[0].exports(name)
            return True if name in {column.lower() for column in parent.columns} else None

        try:
            query = parse_compiled(node, dialect)
        except UnparsedError as error:
            place.warn(
                "leakage/unparsed",
                f"compiled SQL: {str(error).split(': ', 2)[-1]}",
                "Its leakage is not judged; look it over by hand.",
            )
            findings += place.findings
            continue
        subjects[unique_id] = Subject(node, dialect, views.get(unique_id), Statement(query, has_column), parents, place)
    return subjects


def _not_compiled(nodes: list[Node], total: int) -> Finding:
    first = nodes[0]
    more = f" and of {len(nodes) - 1} more" if len(nodes) > 1 else ""
    return Finding(
        "leakage/not-compiled",
        "warning",
        first.name,
        first.original_file_path,
        f"compiled SQL: expected that of {total} models, got none of {first.name}{more}",
        "Run `dbt compile` (or `dbt build`): the leakage rules read compiled SQL, and `dbt parse` writes none.",
    )
