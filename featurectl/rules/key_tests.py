"""Every feature view has tests that its join keys are never null, and unique together with its timestamps."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from featurectl.rules.feature_store_alias import alias_of, as_ours
from featurectl.rules.feature_view import BLOCK
from featurectl.rules.finding import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from featurectl.manifest import Manifest, Node
    from featurectl.rules.finding import Finding

OWN_UNIQUE_TEST = "unique_feature_rows"
COLUMN_LISTS = {  # generic tests of other packages, and the argument that lists the columns
    "unique_combination_of_columns": "combination_of_columns",
    "expect_compound_columns_to_be_unique": "column_list",
}
# Elsewhere a primary key or unique constraint informs the planner and refuses no row.
ENFORCES_UNIQUE = ("duckdb", "postgres")
STORED = ("table", "incremental")  # a view enforces no constraint


def check_key_tests(manifest: Manifest) -> list[Finding]:
    """Warnings for views whose keys nothing guards; an enforced constraint counts like a test.

    Judged from the nodes, so that a view with an error elsewhere is told of its tests in the same run; those that have the
    block of dbt-features alike, for they are served alike.
    """
    tests = _tests(manifest)
    findings: list[Finding] = []
    for model in manifest.models():
        alias = alias_of(model)
        node = as_ours(model, alias) if alias else model
        block = (node.config.meta or {}).get(BLOCK)
        keys = _columns(node, block.get("join_keys")) if isinstance(block, dict) else []
        if not keys:
            continue
        place = Place.of(node)
        guards = _Guards(node, tests[node.unique_id], manifest.metadata.adapter_type or "")
        for name in keys:
            if _plain(name) not in guards.not_null:
                place.warn(
                    "key-not-null",
                    f"columns.{name}.data_tests: expected not_null on a join key, got none",
                    "Add `data_tests: [not_null]` to the column: a row without its key is never found.",
                )
        wanted = [*keys, *_columns(node, [node.config.event_time, (block or {}).get("created_timestamp")])]
        if not guards.is_unique(wanted):
            place.warn(
                "key-unique",
                f"data_tests: expected a test that ({', '.join(wanted)}) is unique, got none",
                _unique_hint(wanted, is_alias=alias is not None),
            )
        findings += place.findings
    return findings


def _unique_hint(columns: list[str], *, is_alias: bool) -> str:
    """Our test reads our block; a model of dbt-features can have another package's."""
    if is_alias:
        listed = f"{{arguments: {{combination_of_columns: [{', '.join(columns)}]}}}}"
        return f"Add `data_tests: [dbt_utils.unique_combination_of_columns: {listed}]` to the model, or our block and test."
    return f"Add `data_tests: [featurectl.{OWN_UNIQUE_TEST}]` to the model: of rows that tie, values decide."


def _columns(node: Node, names: Any) -> list[str]:
    """Those of the names that are columns of the contract."""
    listed = names if isinstance(names, list) else []
    return [name for name in listed if isinstance(name, str) and name in node.columns]


class _Guards:
    """What tests and constraints promise of one model's columns; names lower case, without quotes."""

    def __init__(self, node: Node, tests: Iterable[Node], adapter_type: str) -> None:
        self.not_null: set[str] = set()
        self.unique: list[set[str]] = []
        self.has_own_test = False
        for test in tests:
            self._add_test(test)
        if node.config.materialized in STORED:
            self._add_constraints(node, adapter_type)

    def is_unique(self, columns: Iterable[str]) -> bool:
        """Whether the columns, or some of them, are unique together."""
        wanted = {_plain(name) for name in columns}
        return self.has_own_test or any(unique and unique <= wanted for unique in self.unique)

    def _add_test(self, test: Node) -> None:
        called = test.test_metadata
        if called is None:
            return
        column = called.kwargs.get("column_name") or test.column_name
        if called.name == "not_null" and column:
            self.not_null.add(_plain(column))
        elif called.name == "unique" and column:
            self.unique.append({_plain(column)})
        elif called.name == OWN_UNIQUE_TEST:
            self.has_own_test = True
        elif called.name in COLUMN_LISTS:
            self.unique.append(_plain_set(called.kwargs.get(COLUMN_LISTS[called.name])))

    def _add_constraints(self, node: Node, adapter_type: str) -> None:
        of_columns = [
            ([column.name], constraint)
            for column in node.columns.values()
            for constraint in _listed(column.constraints)
        ]
        of_model = [(constraint.get("columns"), constraint) for constraint in _listed(node.constraints)]
        for columns, constraint in of_columns + of_model:
            kind, names = constraint.get("type"), _plain_set(columns)
            if kind in ("not_null", "primary_key"):
                self.not_null |= names
            if kind in ("unique", "primary_key") and adapter_type in ENFORCES_UNIQUE:
                self.unique.append(names)


def _tests(manifest: Manifest) -> Mapping[str, list[Node]]:
    """Generic tests by the unique id of the model they test."""
    of_node: defaultdict[str, list[Node]] = defaultdict(list)
    for node in manifest.nodes.values():
        if node.test_metadata is not None:
            tested = node.attached_node or next(iter(node.depends_on.nodes), "")
            of_node[tested].append(node)
    return of_node


def _listed(constraints: Any) -> list[dict[str, Any]]:
    return [entry for entry in constraints if isinstance(entry, dict)] if isinstance(constraints, list) else []


def _plain_set(names: Any) -> set[str]:
    return {_plain(name) for name in names} if isinstance(names, list) else set()


def _plain(name: Any) -> str:
    return str(name).strip('"`[]').lower()
