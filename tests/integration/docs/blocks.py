"""Code blocks of a Markdown page, and how their shown output is compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FENCE = re.compile(r"^```(?P<language>[a-z]+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
SECONDS = re.compile(r"\d+\.\d s\b")  # wall time, different each time


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block; ``line`` is that of its opening fence."""

    language: str
    text: str
    line: int


def read_blocks(page: Path) -> list[Block]:
    """Every fenced block of the page, in order."""
    text = page.read_text()
    return [
        Block(match["language"], match["text"], text.count("\n", 0, match.start()) + 1)
        for match in FENCE.finditer(text)
    ]


def read_commands(text: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with the output shown below it.

    `sync-online` prints text on a terminal and JSON to a program that reads it, as a test does: it is told where it is.
    """
    first, *parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert not first, "a console block begins with a command"
    typed = [part.replace("featurectl sync-online", "featurectl sync-online --text", 1) for part in parts]
    return [tuple(part.split("\n", 1)) for part in typed]


def is_shown(shown: str, output: str) -> bool:
    """Whether the output is as shown: a line ``...`` stands for any lines, ``...`` in a line for any text."""
    pattern = "".join(
        r"(?:[^\n]*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r"[ ]*\n"
        for line in _without_seconds(shown).splitlines()
    )
    return re.fullmatch(pattern + r"\n*", _without_seconds(output)) is not None


def _without_seconds(text: str) -> str:
    return SECONDS.sub("? s", text)
