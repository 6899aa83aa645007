"""`make demo` tells what it did, and fails when the look-up is not the training row."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from blocks import is_shown, read_blocks

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def built(shell):
    """The shell of a project whose demo has run before, so that dbt need not."""
    for script in ("story.py", "flight.py"):
        shutil.copy(ROOT / "data" / script, shell.project_dir / "data")
    (shell.project_dir / "target" / ".demo").touch()
    return shell


def test_the_demo_ends_as_the_readme_says(built):
    """The first text block of README is what it prints after its steps."""
    shown = next(block.text for block in read_blocks(ROOT / "README.md") if block.language == "text")

    done = built.run("python", "data/story.py")

    assert done.returncode == 0, done.stderr
    assert is_shown("...\n" + shown, done.stdout), done.stdout
    assert len(done.stdout.splitlines()) <= 45


def test_the_commands_to_try_next_work(built):
    """They are printed to be copied."""
    _, _, commands = built.run("python", "data/story.py").stdout.partition("Try next\n")
    script = commands.replace("  . .venv/bin/activate\n", "").replace("  README.md goes on from here.\n", "")

    done = built.run("bash", "-euc", script)

    assert done.returncode == 0, done.stderr
    assert "plane_arr_delay_last_minutes" in done.stdout
    assert script.count("featurectl ") == 3


def test_it_plays_the_same_when_a_later_instant_was_synced_before(built):
    """Newer rows in the store would stay there; the demo begins with an empty one."""
    assert built.run("featurectl", "sync-online", "--as-of", "2013-12-01T00:00:00Z").returncode == 0

    assert built.run("python", "data/story.py").returncode == 0


def test_a_look_up_that_differs_from_the_training_row_fails_it(built):
    """It really compares: one value changed in the training set is named on stderr, with exit 1."""
    with duckdb.connect(built.project_dir / "data" / "flights.duckdb") as warehouse:
        warehouse.execute("update late_arrival_training set seats_count = 1 where flight_id = '2013-07-07-US-2183-LGA'")

    done = built.run("python", "data/story.py")

    assert done.returncode == 1
    assert "seats_count: 1 in the training row, 20 online" in done.stderr
    assert "22 of 23 features are the same" in done.stdout
