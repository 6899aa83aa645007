from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# The oracle, the histories and the consumer project are those of the other engines.
sys.path.insert(0, str(Path(__file__).parents[1] / "point_in_time"))

if TYPE_CHECKING:
    from cluster import Cluster
    from consumer import Consumer


@pytest.fixture(scope="session")
def cluster(tmp_path_factory) -> Cluster:
    """A Spark of two executor processes."""
    from cluster import started  # noqa: PLC0415 - pyspark is installed only where these tests are asked for

    with started(tmp_path_factory.mktemp("spark")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def spark_consumer(tmp_path_factory) -> Consumer:
    """The consumer project, with the package installed."""
    from consumer import install  # noqa: PLC0415 - found by the path above

    return install(tmp_path_factory.mktemp("spark_consumer"))
