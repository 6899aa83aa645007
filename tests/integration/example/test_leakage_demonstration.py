"""The README's table of scores: leakage flatters in the notebook and costs in production."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ROW = re.compile(
    r"^\| (?P<way>[a-z][a-z -]+[a-z]) +\| (?P<notebook>0\.\d{3}) +\| (?P<production>0\.\d{3}) +\|", re.MULTILINE
)


def scores(markdown: str) -> dict[str, tuple[float, float]]:
    """Way of joining to its scores in the notebook and in production."""
    return {found["way"]: (float(found["notebook"]), float(found["production"])) for found in ROW.finditer(markdown)}


def test_the_scores_of_the_readme_come_out_and_leakage_flatters(flights_project):
    """The honest table scores the same in both; one without the created cut-off scores more at first, and less when it counts."""
    command = [sys.executable, str(ROOT / "data" / "leakage.py"), "--project-dir", str(flights_project.project_dir)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    told = scores(done.stdout)
    honest, leaky, latest = told.values()
    assert honest[0] == honest[1]
    assert leaky[0] > honest[0] > leaky[1]
    assert honest[1] > latest[1]
    printed = scores((ROOT / "README.md").read_text())
    assert printed.keys() == told.keys()
    for way, pair in told.items():
        assert printed[way] == pytest.approx(pair, abs=0.01)
