"""Feast repositories as people write them, and where this installation's macros are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

REPOSITORIES = Path(__file__).parent / "repositories"


@pytest.fixture
def feast_repository(tmp_path):
    """A copy of one of the repositories, by name: deliveries, shop or awkward."""
    return lambda name: Path(shutil.copytree(REPOSITORIES / name, tmp_path / "feast" / name))
