"""Which models are judged for leakage, and by which rules."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from featurectl.compiled import dialect_name
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
    from collections.abc import Iterator

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
    """
    with _collector_paused():
        return sorted(_check(manifest, registry), key=lambda finding: (finding.path, finding.node))


def _check(manifest: Manifest, registry: Registry) -> list[Finding]:
    features = judged_models(manifest, registry)
    training_sets = {ts.unique_id for ts in registry.training_sets}
    judged = [*features, *sorted(training_sets - set(features))]
    compiled = [unique_id for unique_id in judged if manifest.nodes[unique_id].compiled_code]
    subjects, findings = read_subjects(manifest, registry, compiled, dialect_name(manifest.metadata.adapter_type))
    if len(compiled) < len(judged):
        findings.append(
            _not_compiled(
                [manifest.nodes[unique_id] for unique_id in judged if unique_id not in set(compiled)], len(judged)
            )
        )
    for unique_id, subject in subjects.items():
        rules = RULES_OF_TRAINING_SETS if unique_id in training_sets else RULES_OF_FEATURES
        for rule in rules:
            rule(subject)
        findings += subject.place.findings
    return findings


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


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No garbage collection: it walks all syntax trees again and again, frees none of them, and takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
