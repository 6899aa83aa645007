"""`featurectl search TEXT`: what there is about something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from featurectl.cli.options import json_option, manifest_options
from featurectl.cli.text import table, to_json
from featurectl.search import KINDS, search

if TYPE_CHECKING:
    from featurectl.cli.project import Project

_SHOWN = 72  # characters of a description in a row


@click.command("search", short_help="Search names, descriptions, owners and tags.")
@click.argument("text", nargs=-1, required=True)
@click.option(
    "--type", "kinds", multiple=True, type=click.Choice(KINDS), help="Only these; repeat it for more.  [default: all]"
)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Most results.")
@manifest_options
@json_option
def search_(project: Project, text: tuple[str, ...], kinds: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Search names, descriptions, owners and tags, the best match first.

    TEXT is one word or more; case, plurals and the order of words do not matter, and a slip of the pen is forgiven.

    \b
    Examples:
        featurectl search arrival delay
        featurectl search plane --type view
        featurectl search congestion --json | jq -r '.[0].name'
    """
    asked = " ".join(text)
    found = search(project.registry(), asked, kinds or KINDS)
    shown = found[:limit]
    if as_json:
        rows = [
            {"type": match.kind, "name": match.name, "matched": list(match.matched), "score": match.score,
             "description": match.description} for match in shown
        ]  # fmt: skip
        click.echo(to_json(rows))
    elif shown:
        rows = [
            {"type": match.kind, "name": match.name, "matched": list(match.matched), "description": _cut(match.description)}
            for match in shown
        ]  # fmt: skip
        click.echo(table(rows, ("type", "name", "matched", "description")))
    if not found:
        click.echo(f"Nothing found for {asked!r}.", err=True)
    elif len(found) > limit:
        click.echo(f"{len(found) - limit} more: --limit {len(found)} shows all.", err=True)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3].rstrip()}..."
