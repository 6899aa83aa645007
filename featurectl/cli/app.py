"""The group `featurectl`: finds a command, and prints expected errors as message and hint."""

from __future__ import annotations

import difflib
import importlib
from typing import TYPE_CHECKING, Any

import click

from featurectl.cli.commands import COMMANDS
from featurectl.cli.exit_codes import exit_code_of
from featurectl.errors import FeaturectlError
from serving.errors import ServingError

if TYPE_CHECKING:
    from collections.abc import Sequence


_NEAR = 0.5  # likeness of a name that is worth a hint: `sync` and `sync-online` are 0.53 alike


class Group(click.Group):
    """A group whose commands are imported when they are used, so `list` never waits for a warehouse driver."""

    def list_commands(self, ctx: click.Context) -> Sequence[str]:  # type: ignore[override]
        """The names, sorted."""
        return sorted({*COMMANDS, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the first argument; an unknown one is wrong usage, with the nearest name."""
        typed = args[0]
        if not typed.startswith("-") and not ctx.resilient_parsing and self.get_command(ctx, typed) is None:
            near = difflib.get_close_matches(typed, self.list_commands(ctx), n=1, cutoff=_NEAR)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"No such command {typed!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an expected error ends as text and exit code, a bug keeps its traceback."""
        try:
            return super().invoke(ctx)
        except FeaturectlError as error:
            _say(str(error), error.hint)
            ctx.exit(exit_code_of(error))
        except ServingError as error:
            _say(error.message, error.hint)
            ctx.exit(exit_code_of(error))


def _say(message: str, hint: str | None) -> None:
    click.secho(f"Error: {message}", fg="red", err=True)
    if hint:
        click.echo(f"Hint: {hint}", err=True)


@click.group(
    "featurectl", cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="featurectl", message="%(prog)s %(version)s")
def main() -> None:
    """Feature store on dbt: the manifest is the registry, the warehouse computes, Redis answers.

    \b
    Exit codes:
        0  done                        5  no such view, feature, service ...
        1  check found errors          6  the warehouse cannot be read
        2  wrong usage; plan differs   7  the online store cannot be used
        3  plan breaks something       8  some views were not synced
        4  project or metadata broken
    """
