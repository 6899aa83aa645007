"""docs/discovery.md tells the truth: its commands, typed in, print what it shows."""

from __future__ import annotations

from pathlib import Path

from blocks import is_shown, read_blocks, read_commands

PAGE = Path(__file__).resolve().parents[3] / "docs" / "discovery.md"


def test_the_commands_print_what_is_shown(shell):
    """Everything a terminal shows, in the built example."""
    blocks = [block for block in read_blocks(PAGE) if block.language == "console"]
    assert len(blocks) == 4
    for block in blocks:
        for command, shown in read_commands(block.text):
            done = shell.run("bash", "-c", f"exec 2>&1; {command}")
            assert done.returncode == 0, f"{PAGE.name}:{block.line}: {command}\n{done.stdout}"
            assert is_shown(shown, done.stdout), f"{PAGE.name}:{block.line}: {command}\n{done.stdout}"
