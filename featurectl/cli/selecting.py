"""A command whose `--select` and `--exclude` take several words, as dbt's do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

_TAKES_WORDS = ("--select", "-s", "--exclude")


class SelectingCommand(click.Command):
    """Reads ``--select a b --exclude c`` as ``--select a --select b --exclude c``; it has no arguments that a word could be."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, the words told apart."""
        return super().parse_args(ctx, _apart(args))


def _apart(args: Iterable[str]) -> list[str]:
    apart: list[str] = []
    option, is_first = None, False
    for arg in args:
        if arg.startswith("-") and len(arg) > 1:
            option, is_first = (arg if arg in _TAKES_WORDS else None), True
            apart.append(arg)
        elif option is None or is_first:
            is_first = False
            apart.append(arg)
        else:
            apart += [option, arg]
    return apart
