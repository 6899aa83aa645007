"""The reference pages are what `make docs` would write."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from featurectl.cli.commands import COMMANDS

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGES = runpy.run_path(str(DOCS / "reference.py"))["PAGES"]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_as_the_code_says(name):
    """After a change of the code: `make docs`."""
    assert (DOCS / name).read_text() == PAGES[name]()


def test_every_command_has_its_section():
    """The page is no empty shell."""
    assert re.findall(r"^## featurectl (\S+)$", (DOCS / "commands.md").read_text(), re.MULTILINE) == sorted(COMMANDS)


def test_every_public_macro_has_its_section():
    """A file right under macros/ is a public macro, one in generic_tests a generic test."""
    files = {f"macro {path.stem}" for path in (DOCS.parent / "macros").glob("*.sql")}
    files |= {f"generic test {path.stem}" for path in (DOCS.parent / "macros" / "generic_tests").glob("*.sql")}

    assert set(re.findall(r"^## (.+)$", (DOCS / "macros.md").read_text(), re.MULTILINE)) == files


def test_every_decision_is_one_short_page():
    """docs/decisions/NNNN-*.md, numbered without a gap, under a title."""
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text()
        assert text.startswith("# ")
        assert len(text.splitlines()) <= 40
