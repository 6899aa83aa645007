"""Write docs/commands.md, docs/exit-codes.md and docs/macros.md anew from the code.

Usage:
    python docs/reference.py

A test fails when a page is not what this script would write.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml

from featurectl import errors
from featurectl.cli import main
from featurectl.cli.exit_codes import SERVING_EXIT_CODES
from serving.errors import ServingError

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 100
DOCS = Path(__file__).resolve().parent
MACROS = DOCS.parent / "macros"
SIGNATURE = re.compile(r"{%-? (?P<kind>macro|test) (?P<name>[a-z]\w*)\((?P<arguments>[^)]*)\) -?%}")
WRITTEN = "<!-- Written by `make docs` from the code. Change the code, not this page. -->"


def write_commands() -> str:
    """docs/commands.md: the help of `featurectl` and of each command, as it is printed."""
    context = click.Context(main, info_name="featurectl", terminal_width=WIDTH, **main.context_settings)
    parts = [
        "# Commands",
        WRITTEN,
        "stdout is data, stderr is talk; `--json` prints data for programs.",
        _help(context),
    ]
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if command is None:
            raise LookupError(f"featurectl: {name}: expected a command, got none")
        child = click.Context(command, info_name=name, parent=context, terminal_width=WIDTH)
        parts += [f"## featurectl {name}", _help(child)]
    return "\n\n".join(parts) + "\n"


def write_exit_codes() -> str:
    """docs/exit-codes.md: a row an exit code, with the errors that end in it and what each means."""
    meanings: dict[int, list[str]] = {}
    for error in _errors(errors.FeaturectlError):
        meanings.setdefault(error.exit_code, []).append(_said(error))
    for serving_error, code in SERVING_EXIT_CODES:
        what = "Every other error of `serving`." if serving_error is ServingError else _said(serving_error)
        meanings.setdefault(code, []).append(what)
    meanings.setdefault(0, []).append("Done.")
    meanings.setdefault(1, []).append("`check` found errors.")
    meanings.setdefault(1, []).append("Interrupted (Ctrl-C); `serve` ends with 0.")
    meanings.setdefault(2, []).append("Wrong usage: an unknown command or option, or a value that cannot be read.")
    meanings.setdefault(2, []).append("`plan` found differences, none of them breaking.")
    meanings.setdefault(3, []).append("`plan` found a breaking difference.")
    rows = [f"| {code} | {'<br>'.join(said)} |" for code, said in sorted(meanings.items())]
    return "\n".join(
        [
            "# Exit codes",
            "",
            WRITTEN,
            "",
            "An error is one message, `<where>: expected <rule>, got <value>`, with a hint below it, on stderr. A traceback is a bug.",
            "",
            "| code | meaning |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def write_macros() -> str:
    """docs/macros.md: the call, the description and the arguments of every macro that YAML documents; generic tests last."""
    signatures = {
        ("test_" if match["kind"] == "test" else "") + match["name"]: " ".join(match["arguments"].split())
        for path in MACROS.rglob("*.sql")
        for match in SIGNATURE.finditer(path.read_text())
    }
    documented = [macro for path in MACROS.rglob("*.yml") for macro in yaml.safe_load(path.read_text())["macros"]]
    documented.sort(key=lambda macro: (macro["name"].startswith("test_"), macro["name"]))
    sections = "\n\n".join(_macro(macro, signatures[macro["name"]]) for macro in documented)
    return f"# Macros and generic tests\n\n{WRITTEN}\n\n{sections}\n"


PAGES = {"commands.md": write_commands, "exit-codes.md": write_exit_codes, "macros.md": write_macros}


def _macro(macro: dict[str, Any], signature: str) -> str:
    name = macro["name"].removeprefix("test_")
    kind = "generic test" if macro["name"].startswith("test_") else "macro"
    return "\n".join(
        [
            f"## {kind} {name}",
            "",
            f"`featurectl.{name}({signature})`",
            "",
            " ".join(macro["description"].split()),
            "",
            "| argument | type | meaning |",
            "|---|---|---|",
            *(
                f"| `{argument['name']}` | {argument['type']} | {' '.join(argument['description'].split())} |"
                for argument in macro["arguments"]
            ),
        ]
    )


def _help(context: click.Context) -> str:
    return f"```text\n{context.get_help()}\n```"


def _errors(kind: type[errors.FeaturectlError]) -> Iterator[type[errors.FeaturectlError]]:
    """Those of featurectl/errors.py: the tree that users see, whatever else has been imported."""
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _errors(child)


def _said(error: type[Exception]) -> str:
    return f"`{error.__name__}`: " + " ".join((inspect.getdoc(error) or "").split("\n\n", maxsplit=1)[0].split())


def write_all() -> int:
    """Write the pages, name on stderr those that changed, and return the exit status."""
    for name, write in PAGES.items():
        path = DOCS / name
        page = write()
        if not path.is_file() or path.read_text() != page:
            path.write_text(page)
            print(f"docs/{name} written", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(write_all())
