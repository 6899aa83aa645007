"""The zoo, built once a session."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from zoo import Zoo, build

# Clusters, Sentinels and replicas that the reading side's tests start are the writing side's too.
sys.path.append(str(Path(__file__).resolve().parents[1] / "serving"))


@pytest.fixture(scope="session")
def built_zoo(tmp_path_factory) -> Zoo:
    """The project all tests share; none changes it."""
    return build(tmp_path_factory.mktemp("online"))


@pytest.fixture
def zoo(built_zoo: Zoo, tmp_path: Path) -> Zoo:
    """A copy of the built project, to break."""
    return built_zoo.copy_to(tmp_path)
