"""docs/lineage.md shows what the commands print."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "lineage.md").read_text()
COMMAND = re.compile(r"^\$ featurectl lineage (?P<arguments>.+)\n(?P<shown>[^$`]*)", re.MULTILINE)


def test_each_command_prints_what_the_page_shows(flights, ask):
    """A line `...` stands for the rest."""
    commands = list(COMMAND.finditer(PAGE))
    assert len(commands) == PAGE.count("$ featurectl") == 3
    for command in commands:
        result = ask(flights, *command["arguments"].split())
        shown, rest, _ = command["shown"].partition("...\n")
        assert result.exit_code == 0
        assert result.stdout.startswith(shown) if rest else result.stdout == shown
