"""What the pages name is there: files, links, make targets."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md")))]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page):
    """Links are relative to the page; those to other sites are left alone."""
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / page).read_text())

    assert [link for link in links if "://" not in link and not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_path_of_the_tree_exists(page):
    """A line of the tree is one or more paths, two spaces or more, a phrase."""
    trees = re.findall(r"^((?:[\w./]+(?:/|\.py) )+) +\S", (ROOT / page).read_text(), re.MULTILINE)
    paths = [path for line in trees for path in line.split()]

    assert len(paths) >= 9
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_make_target_exists(page):
    """Asked of make by a dry run, for the tests are a target themselves; each is listed by `make help`."""
    text = (ROOT / page).read_text()
    named = {*re.findall(r"^make ([\w-]+)", text, re.MULTILINE), *re.findall(r"`make ([\w-]+)", text)}
    listed = make("help")

    assert named >= ({"demo", "test"} if page == "README.md" else {"dev", "check"})
    assert named <= set(re.findall(r"^  make ([\w-]+) ", listed, re.MULTILINE))
    make("--dry-run", *sorted(named))


def test_ci_runs_what_the_readme_names():
    """`.ci/run` is `make check`, which is `make lint` and then `make test`, so pytest's closing line ends the output."""
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "exec make check"
    dry_run = make("--dry-run", "check")

    assert dry_run.index("lint-imports") < dry_run.index("-m pytest")
    assert dry_run.splitlines()[-1].startswith(".venv/bin/python -m pytest")


def make(*arguments):
    program = shutil.which("make")
    assert program, "expected make on the PATH, got none"
    return subprocess.run([program, *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout
