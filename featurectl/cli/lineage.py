"""`featurectl lineage NAME`: where a column comes from, and what comes of it."""

from __future__ import annotations

import shutil
import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from featurectl.artifacts.catalog import read_catalog
from featurectl.build import read_registry
from featurectl.cli.options import manifest_options
from featurectl.cli.text import counted, to_json
from featurectl.errors import ProjectError, UnknownNameError, did_you_mean
from featurectl.lineage.columns import match
from featurectl.lineage.graph import ColumnGraph
from featurectl.lineage.mermaid import to_mermaid
from featurectl.lineage.names import SPECIAL, column_name, find_columns, node_kind, node_name
from featurectl.lineage.nodes import NO_CODE
from featurectl.lineage.openlineage import to_openlineage
from featurectl.lineage.reach import reached
from featurectl.lineage.sources import sources_in
from featurectl.lineage.trace import Trace, trace
from featurectl.lineage.tree import draw

if TYPE_CHECKING:
    from featurectl.cli.project import Project
    from featurectl.lineage.columns import ColumnRef

_LOADED = ("source", "seed")  # kinds of nodes whose columns no SQL of the project tells
_HEADS = {"upstream": "Comes from", "downstream": "Goes into"}


@click.command("lineage", short_help="Show where a column comes from, and what comes of it.")
@click.argument("name")
@click.option("--upstream", is_flag=True, help="Only what it comes from.")
@click.option("--downstream", is_flag=True, help="Only what comes of it.")
@click.option(
    "--with-filters", is_flag=True, help="Also columns that only decide which rows count: join keys, filters, windows."
)
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option("--mermaid", "form", flag_value="mermaid", help="Print a Mermaid flowchart.")
@click.option("--openlineage", "form", flag_value="openlineage", help="Print OpenLineage job events (2-0-2), as JSON.")
@click.option(
    "--namespace", help="OpenLineage: where the warehouse is, e.g. postgres://host:5432.  [default: adapter://project]"
)
@manifest_options
def lineage(
    project: Project,
    name: str,
    *,
    upstream: bool,
    downstream: bool,
    with_filters: bool,
    form: str | None,
    namespace: str | None,
) -> None:
    """Show which columns a column comes from, and what comes of it.

    NAME is a feature (orders:count_7d), a view (orders, orders@v2), a training set, a service, a model, a source table
    (raw.orders), or a column of one of them (orders.order_id, raw.orders.amount). The SQL is that of the last
    `dbt compile` or `dbt build`.

    \b
    Examples:
        featurectl lineage plane_delays:late_share_7d
        featurectl lineage --downstream nycflights13.flights.arr_delay
    """
    manifest = project.manifest()
    graph = ColumnGraph(
        manifest, read_registry(manifest), read_catalog(project.manifest_path.with_name("catalog.json"))
    )
    asked = find_columns(name, graph)
    _require_columns(asked, graph)
    answers = []
    if upstream or not downstream:
        answers.append(trace(graph, asked, "upstream", with_filters=with_filters))
    if downstream or not upstream:
        answers.append(trace(graph, asked, "downstream", with_filters=with_filters))
    for answer in answers:
        _require_compiled(answer, graph)
    if form == "openlineage":
        click.echo(to_json(to_openlineage(answers, graph, namespace, with_filters=with_filters)))
    elif form == "mermaid":
        click.echo(to_mermaid(answers, graph))
    elif form == "json":
        click.echo(to_json(_described(name, answers, graph)))
    else:
        click.echo("\n\n".join(_page(answer, graph) for answer in answers))
    for ref in asked:
        _doubt(ref, graph)


def _require_compiled(answer: Trace, graph: ColumnGraph) -> None:
    """Refuse an answer that `dbt compile` would make another: without SQL everything seems to come from everything."""
    unread = [node_name(node, graph.manifest) for node, reason in answer.opaque.items() if reason == NO_CODE]
    if unread:
        others = f" and of {counted(len(unread) - 1, 'other')}" if unread[1:] else ""
        raise ProjectError(
            f"manifest.json: expected compiled SQL of every model on the way, got none of {unread[0]!r}{others}",
            hint="Run `dbt compile`, then ask again.",
        )


def _require_columns(asked: list[ColumnRef], graph: ColumnGraph) -> None:
    """Refuse a column of a source or seed that nothing tells of: a misspelt one would seem to reach nothing."""
    for ref in asked:
        met = graph.met_columns(ref.node)
        if ref.column in SPECIAL or match(met, ref.column) is not None or node_kind(ref.node, graph) not in _LOADED:
            continue
        _require_compiled(trace(graph, [ref], "downstream"), graph)
        near = f"{did_you_mean(ref.column, met)} " if met else ""
        raise UnknownNameError(
            f"column of {node_name(ref.node, graph.manifest)} that is declared, or read by a model",
            ref.column,
            met,
            hint=f"{near}To ask about one that nothing reads, declare it in the YAML, or run `dbt docs generate`.",
        )


def _doubt(ref: ColumnRef, graph: ColumnGraph) -> None:
    """Say so where nothing tells that an opaque model has such a column."""
    met = graph.met_columns(ref.node)
    if ref.column in SPECIAL or match(met, ref.column) is not None:
        return
    name = node_name(ref.node, graph.manifest)
    said = f"Nothing describes {ref.column!r} of {name}, and no model reads it. {did_you_mean(ref.column, met) if met else ''}"
    click.echo(said.rstrip(), err=True)


def _page(answer: Trace, graph: ColumnGraph) -> str:
    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    parts = [f"{_HEADS[answer.direction]}:\n" + draw(answer, graph, width)]
    if answer.direction == "downstream":
        parts.append(_reach(answer, graph, width))
    return "\n\n".join(parts)


def _reach(answer: Trace, graph: ColumnGraph, width: int) -> str:
    """The features, training sets and services reached, a line each."""
    lines = []
    found = asdict(reached(answer, graph))
    for kind, named in found.items():
        for name, columns in named.items():
            head = f"  {kind.replace('_', ' ').removesuffix('s')} "
            separator = ":" if kind == "features" else ": "
            text = f"{head}{name}{separator}{', '.join(columns)}"
            lines += textwrap.wrap(text, width, subsequent_indent=" " * 6, break_long_words=False)
    return "\n".join(["Reaches:", *lines]) if lines else "Reaches no feature, training set or service."


def _described(name: str, answers: list[Trace], graph: ColumnGraph) -> dict[str, Any]:
    described: dict[str, Any] = {"name": name, "columns": [_column(ref, graph) for ref in answers[0].asked]}
    for answer in answers:
        edges = [
            {
                "from": _column(edge.upstream, graph),
                "to": _column(edge.downstream, graph),
                "kind": "filter" if edge.is_filter else "value",
            }
            for step in answer.steps.values()
            for edge in step
        ]
        described[answer.direction] = {"edges": edges}
        if answer.direction == "upstream":
            described["upstream"]["sources"] = sources_in(graph, answer.asked)
        else:
            described["downstream"] |= asdict(reached(answer, graph))
    opaque = {node: reason for answer in answers for node, reason in answer.opaque.items()}
    described["opaque"] = [
        {"node": node, "name": node_name(node, graph.manifest), "reason": reason} for node, reason in opaque.items()
    ]
    return described


def _column(ref: ColumnRef, graph: ColumnGraph) -> dict[str, str]:
    return {
        "node": ref.node,
        "column": ref.column,
        "kind": node_kind(ref.node, graph),
        "label": column_name(ref, graph),
    }
