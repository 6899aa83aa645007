"""A trace as a tree of text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from featurectl.lineage.names import SPECIAL, column_name, node_kind, node_name

if TYPE_CHECKING:
    from featurectl.lineage.columns import ColumnRef
    from featurectl.lineage.graph import ColumnGraph, Edge
    from featurectl.lineage.trace import Trace

_REPEATED = 4  # lines of a subtree that may be shown twice
_HANGING = "   "


def draw(answer: Trace, graph: ColumnGraph, width: int) -> str:
    """One tree for each column asked about.

    A subtree that stood above is not repeated, columns where it ends are named together. A filter's line ends in
    `(filter)`, an opaque node's in its reason.
    """
    tree = _Tree(answer, graph)
    lines = []
    for ref in answer.asked:
        lines += [tree.label(ref), *_wrapped(tree.below(ref, ()), width)]
    return "\n".join(lines)


class _Tree:
    def __init__(self, answer: Trace, graph: ColumnGraph) -> None:
        self.answer = answer
        self.graph = graph
        self.shown: set[ColumnRef] = set()
        self.drawn: dict[ColumnRef, list[str]] = {}

    def label(self, ref: ColumnRef) -> str:
        kind = node_kind(ref.node, self.graph)
        is_feature = (ref.node, ref.column) in self.graph.features
        reason = self.graph.opaque(ref)
        text = f"{'feature' if is_feature else kind} {column_name(ref, self.graph)}"
        if ref.column in SPECIAL:
            text = f"{SPECIAL[ref.column]} of {kind} {node_name(ref.node, self.graph.manifest)}"
        return f"{text} ({reason})" if reason else text

    def below(self, ref: ColumnRef, path: tuple[ColumnRef, ...]) -> list[str]:
        """The lines under a column, without its own."""
        edges = [edge for edge in self.answer.steps[ref] if self.answer.onward(edge) not in path]
        ends = [edge for edge in edges if not self.answer.steps[self.answer.onward(edge)]]
        branches = [self._branch(edge, (*path, ref)) for edge in edges if edge not in ends]
        branches += [[line] for line in self._named_together(ends)]
        lines = []
        for place, branch in enumerate(branches, start=1):
            head, stem = ("└─ ", "   ") if place == len(branches) else ("├─ ", "│  ")
            lines += [head + branch[0], *(stem + line for line in branch[1:])]
        return lines

    def _branch(self, edge: Edge, path: tuple[ColumnRef, ...]) -> list[str]:
        ref = self.answer.onward(edge)
        label = self.label(ref) + (" (filter)" if edge.is_filter else "")
        if ref in self.drawn:
            below = self.drawn[ref]
            return [label, *below] if len(below) <= _REPEATED else [f"{label} (as above)"]
        self.drawn[ref] = self.below(ref, path)
        return [label, *self.drawn[ref]]

    def _named_together(self, ends: list[Edge]) -> list[str]:
        groups: dict[tuple[str, bool], list[ColumnRef]] = {}
        for edge in ends:
            ref = self.answer.onward(edge)
            groups.setdefault((ref.node, edge.is_filter), []).append(ref)
        lines = []
        for (node, is_filter), refs in groups.items():
            named = [ref for ref in refs if ref.column not in SPECIAL]
            texts = [self.label(ref) for ref in refs if ref not in named or len(named) == 1]
            if len(named) > 1:
                kind = "feature" if node in self.graph.view_ids else node_kind(node, self.graph)
                columns = ", ".join(ref.column for ref in named)
                texts.append(f"{kind} {node_name(node, self.graph.manifest)}: {columns}")
            lines += [text + (" (filter)" if is_filter else "") for text in texts]
        return lines


def _wrapped(lines: list[str], width: int) -> list[str]:
    """Long lines go on under their own text, the branches beside them drawn through."""
    wrapped = []
    for line in lines:
        text = line.lstrip("│├└─ ")
        head = line[: len(line) - len(text)]
        under = head.replace("├─", "│ ").replace("└─", "  ") + _HANGING
        parts = textwrap.wrap(text, max(width - len(under), 30), break_long_words=False, break_on_hyphens=False)
        wrapped += [head + parts[0], *(under + part for part in parts[1:])]
    return wrapped
