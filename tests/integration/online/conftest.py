"""The zoo, built once a session."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from zoo import Zoo, build

if TYPE_CHECKING:
    from collections.abc import Iterator

# Clusters, Sentinels and replicas that the reading side's tests start are the writing side's too.
sys.path.append(str(Path(__file__).resolve().parents[1] / "serving"))

from servers import cluster_client, running_cluster


@pytest.fixture(scope="session")
def built_zoo(tmp_path_factory) -> Zoo:
    """The project all tests share; none changes it."""
    return build(tmp_path_factory.mktemp("online"))


@pytest.fixture(scope="module")
def cluster_ports() -> Iterator[list[int]]:
    """The ports of a cluster of three masters, one a test file."""
    with running_cluster() as ports:
        yield ports


@pytest.fixture
def cluster(cluster_ports: list[int]) -> Iterator[Any]:
    """redis-py's client of it; it holds nothing."""
    with cluster_client(cluster_ports) as client:
        client.flushall(target_nodes=client.PRIMARIES)
        yield client


@pytest.fixture
def zoo(built_zoo: Zoo, tmp_path: Path) -> Zoo:
    """A copy of the built project, to break."""
    return built_zoo.copy_to(tmp_path)
