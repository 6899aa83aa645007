"""What feeds what: walks up and down a manifest's dependencies."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Graph:
    """Parents and children by unique id; an id without either has no entry."""

    parents: Mapping[str, Collection[str]]
    children: Mapping[str, Collection[str]]

    @classmethod
    def of(cls, depends_on: Iterable[tuple[str, Collection[str]]]) -> Graph:
        """The graph of nodes, each with the unique ids it depends on."""
        parents = dict(depends_on)
        children: defaultdict[str, list[str]] = defaultdict(list)
        for unique_id, its_parents in parents.items():
            for parent in its_parents:
                children[parent].append(unique_id)
        return cls(parents, dict(children))

    def above(self, start: Collection[str], steps: int | None = None) -> set[str]:
        """The start and what feeds it, at most so many steps away (any number when None)."""
        return _reached(self.parents, start, steps)

    def below(self, start: Collection[str], steps: int | None = None) -> set[str]:
        """The start and what it feeds, at most so many steps away (any number when None)."""
        return _reached(self.children, start, steps)


def _reached(neighbours: Mapping[str, Collection[str]], start: Collection[str], steps: int | None) -> set[str]:
    reached = set(start)
    edge = reached
    while edge and steps != 0:
        edge = {there for here in edge for there in neighbours.get(here, ())} - reached
        reached |= edge
        steps = None if steps is None else steps - 1
    return reached
