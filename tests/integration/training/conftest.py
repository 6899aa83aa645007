"""The mill, built once a session on each engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mill import Mill, build

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def mill(tmp_path_factory) -> Mill:
    """On DuckDB; none of its tests changes it."""
    return build(tmp_path_factory.mktemp("mill"))


@pytest.fixture
def own_mill(mill: Mill, tmp_path: Path) -> Mill:
    """A copy to change."""
    return mill.copy_to(tmp_path)


@pytest.fixture(scope="session")
def postgres_mill(tmp_path_factory, postgres_uri) -> Mill:
    """On PostgreSQL."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILL_PG_HOST", postgres_uri.partition("host=")[2])
        yield build(tmp_path_factory.mktemp("postgres_mill"), "server")
