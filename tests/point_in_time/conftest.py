from __future__ import annotations

import pytest
from consumer import Consumer, install


@pytest.fixture(scope="session")
def consumer(tmp_path_factory) -> Consumer:
    """The consumer project, compiled under --warn-error."""
    project = install(tmp_path_factory.mktemp("point_in_time"))
    project.dbt("--warn-error", "compile")
    return project
