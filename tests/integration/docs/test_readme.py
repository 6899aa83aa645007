"""README tells the truth: typed in from top to bottom, it gives what it shows."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import yaml
from blocks import is_shown, read_blocks, read_commands

ROOT = Path(__file__).resolve().parents[3]
README = ROOT / "README.md"
LANGUAGES = {"bash", "console", "python", "sql", "text", "yaml"}


def test_the_blocks_typed_in_one_after_the_other_give_the_output_shown(shell):
    """SQL files are saved, commands and programs run, each on what the ones before left; a text block shows a program's output."""
    blocks = read_blocks(README)
    printed = None
    for block in blocks:
        if block.language == "sql":
            path = re.match(r"-- (models/\S+\.sql)\n", block.text)[1]
            (shell.project_dir / path).write_text(block.text)
        elif block.language == "console":
            for command, shown in read_commands(block.text):
                done = shell.run("bash", "-c", f"exec 2>&1; {command}")  # as a terminal shows it
                assert done.returncode == 0, f"README.md:{block.line}: {command}\n{done.stdout}"
                assert is_shown(shown, done.stdout), f"README.md:{block.line}: {command}\n{done.stdout}"
        elif block.language == "python":
            done = shell.run("python", "-W", "error", "-c", block.text)
            assert done.returncode == 0, f"README.md:{block.line}:\n{done.stderr}"
            printed = done.stdout
        elif block.language == "text" and printed is not None:
            assert is_shown(block.text, printed), f"README.md:{block.line}:\n{printed}"
            printed = None
    assert {block.language for block in blocks} == LANGUAGES
    assert printed is None


def test_every_python_block_shows_its_output():
    """The block after a program is a text block."""
    languages = [block.language for block in read_blocks(README)]
    assert all(after == "text" for language, after in pairwise(languages) if language == "python")


def test_the_yaml_shown_is_a_part_of_the_file_it_names():
    """Nothing in it is invented; the file may say more."""
    (shown,) = [yaml.safe_load(block.text) for block in read_blocks(README) if block.language == "yaml"]
    real = yaml.safe_load((ROOT / "models/feature_views/plane_delays.yml").read_text())

    assert is_part(shown, real)


def is_part(shown, real):
    if isinstance(shown, dict):
        return all(key in real and is_part(value, real[key]) for key, value in shown.items())
    if isinstance(shown, list):
        return len(shown) == len(real) and all(map(is_part, shown, real))
    return shown == real
