"""Traces as a Mermaid flowchart: a box a node, its columns inside, arrows along the values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.lineage.names import SPECIAL, node_kind, node_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from featurectl.lineage.columns import ColumnRef
    from featurectl.lineage.graph import ColumnGraph
    from featurectl.lineage.trace import Trace


def to_mermaid(answers: Sequence[Trace], graph: ColumnGraph) -> str:
    """A `flowchart LR`; arrows of filters are dotted, what was asked about has a thick border."""
    refs = list(dict.fromkeys(ref for answer in answers for ref in answer.steps))
    edges = dict.fromkeys(edge for answer in answers for edges in answer.steps.values() for edge in edges)
    columns = {ref: f"c{number}" for number, ref in enumerate(refs)}
    nodes: dict[str, list[ColumnRef]] = {}
    for ref in refs:
        nodes.setdefault(ref.node, []).append(ref)
    lines = ["flowchart LR"]
    for number, (node, inside) in enumerate(nodes.items()):
        title = f"{node_kind(node, graph)} {node_name(node, graph.manifest)}"
        lines.append(f"    subgraph n{number}[{_quoted(title)}]")
        lines += [f"        {columns[ref]}[{_quoted(SPECIAL.get(ref.column, ref.column))}]" for ref in inside]
        lines.append("    end")
    for edge in edges:
        arrow = "-.->" if edge.is_filter else "-->"
        lines.append(f"    {columns[edge.upstream]} {arrow} {columns[edge.downstream]}")
    asked = dict.fromkeys(columns[ref] for answer in answers for ref in answer.asked)
    lines += ["    classDef asked stroke-width:3px", f"    class {','.join(asked)} asked"]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Mermaid takes entities for what would end or format a label."""
    escaped = text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace("`", "#96;")
    return '"' + " ".join(escaped.split()) + '"'
