from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pytest
from consumer import Consumer, install
from engines import DuckDB, Engine, Postgres
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# FEATURECTL_EXAMPLES=2000 searches longer than a push should wait.
settings.register_profile("point_in_time", max_examples=int(os.environ.get("FEATURECTL_EXAMPLES", "60")))
settings.load_profile("point_in_time")


@pytest.fixture(scope="session")
def consumer(tmp_path_factory) -> Consumer:
    """The consumer project on DuckDB."""
    return install(tmp_path_factory.mktemp("point_in_time"))


class Warehouse(NamedTuple):
    """An engine with the SQL that dbt compiled for it, by model."""

    engine: Engine
    sql: dict[str, str]


@pytest.fixture(scope="session")
def compiled_for(consumer, postgres_uri) -> Callable[[str], dict[str, str]]:
    """The SQL of every model for a target of the profile, compiled once."""
    environment = consumer.environment | {"CONSUMER_PG_HOST": postgres_uri.partition("host=")[2]}
    return cache(lambda target: replace(consumer, target=target, environment=environment).compiled())


@pytest.fixture(scope="module", params=["duckdb", "duckdb zoned", "postgres", "postgres zoned"])
def warehouse(request, compiled_for, postgres_uri) -> Iterator[Warehouse]:
    """Each engine, with naive and with zoned timestamps, in the form that the package chooses for it."""
    target, _, zoned = request.param.partition(" ")
    types = dict.fromkeys(("spine", "view"), "timestamptz" if zoned else "timestamp")
    with closing(DuckDB(**types) if target == "duckdb" else Postgres(postgres_uri, **types)) as engine:
        yield Warehouse(engine, compiled_for(target))
