"""docs/versions.md tells the truth: the life of a version, typed in from top to bottom."""

from __future__ import annotations

from pathlib import Path

import yaml
from blocks import is_shown, read_blocks, read_commands

PAGE = Path(__file__).resolve().parents[3] / "docs" / "versions.md"


def test_the_life_of_a_version_is_as_the_page_tells_it(shop):
    """Files are written, later YAML replaces the keys it has; each command prints what is shown below it.

    So: two versions side by side online, a removal that a service does not survive refused by plan and sync, the move, the
    deprecation warned of by both, the end.
    """
    shown = []
    for block in read_blocks(PAGE):
        if block.language == "console":
            for command, output in read_commands(block.text):
                printed = shop.must(command)
                assert is_shown(output, printed), f"docs/versions.md:{block.line}: {command}\n{printed}"
                shown.append(command)
        else:
            named, note, _ = block.text.splitlines()[0].split(" ", 1)[1].partition(", the changed keys only")
            path = shop.folder / named
            assert path.exists() == bool(note), f"docs/versions.md:{block.line}: a part of a file is to say so"
            path.write_text(block.text if block.language == "sql" else changed(path, yaml.safe_load(block.text)))
    assert sum("plan" in command for command in shown) == 5
    assert sum("sync-online" in command for command in shown) == 5


def changed(path, shown):
    """The YAML of a file with the keys of each named thing replaced by those shown."""
    ((kind, things),) = shown.items()
    there = yaml.safe_load(path.read_text())[kind] if path.exists() else []
    by_name = {thing["name"]: thing for thing in there}
    for thing in things:
        by_name[thing["name"]] = {**by_name.get(thing["name"], {}), **thing}
    return yaml.safe_dump({kind: list(by_name.values())}, sort_keys=False)
