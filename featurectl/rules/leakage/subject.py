"""One model under judgement: its SQL, its part in the features, and what has been said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from featurectl.artifacts.compiled import EPHEMERAL, is_relation
from featurectl.rules.leakage.names import is_time
from featurectl.rules.leakage.trace import Origin, origins
from featurectl.rules.leakage.tree import own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from featurectl.manifest import Node
    from featurectl.registry import FeatureView
    from featurectl.rules.finding import Place, Severity
    from featurectl.rules.leakage.sources import Source
    from featurectl.rules.leakage.tree import Block, Statement

Kind = Literal["history", "constant", "all-time", "newest", "snapshot", "current", "unknown"]
"""What the rows of a query are, over time."""

_SHOWN = 160  # characters of SQL in a finding


@dataclass(slots=True, eq=False)
class Subject:
    """A model whose compiled SQL is judged.

    Attributes:
        view: The feature view it is; None for a model above one, and for a training set.
        statement: Its compiled SQL.
        parents: What its SQL may name, by unique id.
        join_keys: Join keys of the views below it, in lower case.
        event_times: Its output columns that become event timestamps of views, in lower case.
        ended: Those of them that a model below moves to the end of their period, or cuts by a created timestamp.
        above: The subjects among the parents.
        timed: Unique ids of all nodes that event timestamps come from; one set shared by all subjects.
        used: Columns that the models below make values of, features and the created timestamp, in lower case.
        named: Columns that the models below name for more than to pass them on, in lower case.
        kinds: What is known of the blocks of its SQL, by their id.
        place: Collects the findings.
    """

    node: Node
    dialect: str | None
    view: FeatureView | None
    statement: Statement
    parents: dict[str, Node]
    place: Place
    is_training_set: bool = False
    join_keys: set[str] = field(default_factory=set)
    event_times: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    above: dict[str, Subject] = field(default_factory=dict)
    timed: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    kinds: dict[int, Kind] = field(default_factory=dict)
    _origins: list[tuple[str, Origin]] | None = None
    _said: set[tuple[str, str]] = field(default_factory=set)

    def say(self, rule: str, expected: str, about: exp.Expr, hint: str, severity: Severity = "error") -> None:
        """Report a part of the SQL, once for each rule."""
        text = " ".join(about.sql(dialect=self.dialect, comments=False).split())
        shown = text if len(text) <= _SHOWN else text[: _SHOWN - 4].rstrip() + " ..."
        if (rule, text) in self._said:
            return
        self._said.add((rule, text))
        report = self.place.error if severity == "error" else self.place.warn
        report(f"leakage/{rule}", f"compiled SQL: expected {expected}, got {shown!r}", hint, sql=shown)

    def event_origins(self) -> list[tuple[str, Origin]]:
        """Where the event timestamps come from, by their names here."""
        if self._origins is None:
            result = self.statement.result()
            self._origins = [(name, origin) for name in sorted(self.event_times) for origin in origins(result, name)]
        return self._origins

    def has_history(self) -> bool:
        """Whether an event timestamp comes from a column; constants stamp what never changes."""
        return any(origin.column is not None for _, origin in self.event_origins())

    def is_time(self, expression: exp.Expr) -> bool:
        """Whether an expression is made of a column that is, or is called like, an instant or a period."""
        return any(
            column.name.lower() in self.event_times or is_time(column.name)
            for column in own_nodes(expression, exp.Column)
        )

    def event_sources(self, block: Block) -> list[Source]:
        """The sources of a block that its event timestamps come from."""
        steps = (step for _, origin in self.event_origins() for step in origin.steps)
        return [step.source for step in steps if step.block is block and step.source is not None]

    def parent(self, table: exp.Table) -> Node | None:
        """The model, seed, snapshot or source that a table of the SQL is; None for one that dbt does not know."""
        return find_parent(table, self.parents.values())

    def parent_of(self, source: Source | None) -> Node | None:
        """The same of a source in FROM or JOIN."""
        return None if source is None or source.table is None else self.parent(source.table)


def find_parent(table: exp.Table, parents: Iterable[Node]) -> Node | None:
    """The parent that a table names: by all parts it has, else (dbt defers to another schema) by a name that only one has."""
    name = table.name.casefold().removeprefix(EPHEMERAL)
    same_name = [node for node in parents if name in (node.relation.identifier.casefold(), node.name.casefold())]
    exact = [node for node in same_name if is_relation(node, table)]
    return exact[0] if exact else same_name[0] if len(same_name) == 1 else None
