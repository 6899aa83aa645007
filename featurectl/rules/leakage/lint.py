"""Which models are judged for leakage, and by which rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.artifacts.compiled import dialect_name
from featurectl.rules.finding import Finding
from featurectl.rules.leakage.clock import check_clock
from featurectl.rules.leakage.history import check_history
from featurectl.rules.leakage.later_rows import check_later_rows
from featurectl.rules.leakage.load_time import check_load_time
from featurectl.rules.leakage.lookahead import check_lookahead
from featurectl.rules.leakage.period_start import check_period_start
from featurectl.rules.leakage.randomness import check_random
from featurectl.rules.leakage.reading import judged_models, read_subjects

if TYPE_CHECKING:
    from featurectl.manifest import Manifest, Node
    from featurectl.registry import Registry

RULES_OF_FEATURES = (
    check_load_time,
    check_clock,
    check_random,
    check_lookahead,
    check_later_rows,
    check_history,
    check_period_start,
)
RULES_OF_TRAINING_SETS = (check_clock, check_random)


def check_leakage(manifest: Manifest, registry: Registry) -> list[Finding]:
    """Findings of the leakage rules, ordered by file and node.

    Judged are the feature views and the models above them, each once, by all rules; training sets by clock and random alone, for
    what a label looks at may lie ahead. Models without compiled code, as `dbt parse` leaves them, are not guessed at: one warning counts them.
    A python model that a judged one reads is warned of; what is above it is not judged.
    """
    features = judged_models(manifest, registry)
    training_sets = {ts.unique_id for ts in registry.training_sets}
    judged = [*features, *sorted(training_sets - set(features))]
    compiled = [unique_id for unique_id in judged if manifest.nodes[unique_id].compiled_code]
    subjects, findings = read_subjects(manifest, registry, compiled, dialect_name(manifest.metadata.adapter_type))
    missing = [manifest.nodes[unique_id] for unique_id in judged if not manifest.nodes[unique_id].compiled_code]
    if missing:
        findings.append(_not_compiled(missing, len(judged)))
    findings += _python(manifest, features)
    for subject in subjects.values():
        rules = RULES_OF_TRAINING_SETS if subject.is_training_set else RULES_OF_FEATURES
        for rule in rules:
            rule(subject)
        findings += subject.place.findings
    return sorted(findings, key=lambda finding: (finding.path, finding.node))


def _python(manifest: Manifest, judged: list[str]) -> list[Finding]:
    parents = dict.fromkeys(parent for unique_id in judged for parent in manifest.nodes[unique_id].depends_on.nodes)
    found = (manifest.nodes[parent] for parent in parents if parent in manifest.nodes)
    return [
        Finding(
            "leakage/unparsed",
            "warning",
            node.label,
            node.original_file_path,
            "code: expected SQL, got a python model",
            "Its leakage, and that of the models above it, is not judged: look it over by hand.",
            unique_id=node.unique_id,
        )
        for node in found
        if node.language == "python"
    ]


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
