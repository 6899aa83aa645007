"""The models under judgement, read from the manifest, each knowing what the views below make of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.artifacts.compiled import UnparsedError, parse_compiled
from featurectl.rules.finding import Place
from featurectl.rules.leakage.bounds import is_comparison, is_passed_on
from featurectl.rules.leakage.period_start import is_ended
from featurectl.rules.leakage.subject import Subject, find_parent
from featurectl.rules.leakage.trace import origins
from featurectl.rules.leakage.tree import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from featurectl.manifest import Manifest, Node
    from featurectl.registry import Registry
    from featurectl.rules.finding import Finding
    from featurectl.rules.leakage.trace import Origin


def judged_models(manifest: Manifest, registry: Registry) -> list[str]:
    """Unique ids of the feature views and the SQL models above them, each before its parents."""
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


def read_subjects(
    manifest: Manifest, registry: Registry, judged: Iterable[str], dialect: str | None
) -> tuple[dict[str, Subject], list[Finding]]:
    """The subjects in the order given (children first), and a warning for each that cannot be parsed."""
    views = {view.unique_id: view for view in registry.views}
    training_sets = {training_set.unique_id for training_set in registry.training_sets}
    subjects: dict[str, Subject] = {}
    timed: set[str] = set()
    findings: list[Finding] = []
    for unique_id in judged:
        node = manifest.nodes[unique_id]
        place = Place(node.label, node.original_file_path, unique_id=node.unique_id)
        try:
            query = parse_compiled(node, dialect)
        except UnparsedError as error:
            got = str(error).split(": ", 2)[-1]
            place.warn("leakage/unparsed", f"compiled SQL: {got}", "Its leakage is not judged: look it over by hand.")
            findings += place.findings
            continue
        parents = _parents(manifest, node)
        statement = Statement(query, _Columns(parents, subjects))
        subjects[unique_id] = Subject(
            node, dialect, views.get(unique_id), statement, parents, place, unique_id in training_sets, timed=timed
        )
    for subject in subjects.values():
        subject.above = {parent: subjects[parent] for parent in subject.parents if parent in subjects}
        _spread(subject)
    return subjects, findings


class _Columns:
    """Whether a table has a column: of a judged model its SQL says so, of others what is declared."""

    def __init__(self, parents: dict[str, Node], subjects: dict[str, Subject]) -> None:
        self.parents = parents
        self.subjects = subjects

    def __call__(self, table: exp.Table, name: str) -> bool | None:
        parent = find_parent(table, self.parents.values())
        if parent is None:
            return None
        subject = self.subjects.get(parent.unique_id)
        known = None
        if subject is not None and (result := subject.statement.result()):
            known = result[0].exports(name)
        if known is None and name in {column.lower() for column in parent.columns}:
            return True
        return known


def _parents(manifest: Manifest, node: Node) -> dict[str, Node]:
    """The parents by unique id."""
    found = ((parent, manifest.nodes.get(parent) or manifest.sources.get(parent)) for parent in node.depends_on.nodes)
    return {parent: node for parent, node in found if node is not None}


def _spread(subject: Subject) -> None:
    """Tell the parents which of their columns become event timestamps and join keys, and which are used as values."""
    _take_from_view(subject)
    for name, origin in subject.event_origins():
        parent = subject.parent_of(origin.source)
        if parent is not None and origin.column is not None:
            subject.timed.add(parent.unique_id)
        above = _above(subject, origin)
        if above is not None and origin.column is not None:
            above.event_times.add(origin.column)
            if name in subject.ended or is_ended(origin):
                above.ended.add(origin.column)
    for key in subject.join_keys:
        for origin in origins(subject.statement.result(), key):
            above = _above(subject, origin)
            if above is not None and origin.column is not None:
                above.join_keys.add(origin.column)
    columns = list(subject.statement.all(exp.Column))
    values = {column.name.lower() for column in columns if not is_comparison(column)}
    named = {column.name.lower() for column in columns if not is_passed_on(column)}
    for above in subject.above.values():
        above.used |= values | subject.used
        above.named |= named | subject.named


def _take_from_view(subject: Subject) -> None:
    view = subject.view
    if view is not None:
        subject.event_times.add(view.event_timestamp.name.lower())
        subject.join_keys |= {key.name.lower() for key in view.join_keys}
        subject.used |= {feature.name.lower() for feature in view.features}
        if view.created_timestamp is not None:
            subject.ended |= subject.event_times
            if view.materialized != "incremental":  # which builds each row once, so a clock above it is well
                subject.used.add(view.created_timestamp.name.lower())
    if isinstance(subject.node.config.event_time, str):
        subject.event_times.add(subject.node.config.event_time.lower())


def _above(subject: Subject, origin: Origin) -> Subject | None:
    parent = subject.parent_of(origin.source)
    return None if parent is None else subject.above.get(parent.unique_id)
