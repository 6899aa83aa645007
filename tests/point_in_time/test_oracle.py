"""On every engine, in every form, a training set equals the brute-force loop, row for row, on random histories."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from random import Random
from typing import NamedTuple

import pytest
from engines import DuckDB, Engine, Postgres
from forms import FORMS, Form, disagreement
from histories import histories, large_history
from hypothesis import given, settings


class Case(NamedTuple):
    """An engine with the SQL that dbt compiled for it."""

    engine: Engine
    sql: dict[str, str]


@pytest.fixture(scope="module", params=FORMS.values(), ids=FORMS.keys())
def case(request, consumer, postgres_uri):
    form: Form = request.param
    environment = consumer.environment | {"CONSUMER_PG_HOST": postgres_uri.partition("host=")[2]}
    variables = {**form.variables, "timestamp_type": form.view}
    sql = replace(consumer, target=form.target, variables=variables, environment=environment).compiled()
    assert ("lateral" in sql["training"]) == ("indexed" in form.variables)
    assert ("asof" in sql["training"]) == (form.target == "duckdb" and "window_form" not in form.variables)
    types = {"spine": form.spine, "view": form.view}
    with closing(DuckDB(**types) if form.target == "duckdb" else Postgres(postgres_uri, **types)) as engine:
        yield Case(engine, sql)


@given(history=histories)
@settings(deadline=None)
def test_a_training_set_equals_the_nested_loop(case, history):
    """Composite keys, a view used twice, TTL, cut-off, ties, tombstones, defaults: one row per spine row, values exact."""
    assert disagreement(case.engine, case.sql, history) is None


def test_large_training_sets_equal_the_nested_loop(case):
    random = Random(7)
    for _ in range(20):
        assert disagreement(case.engine, case.sql, large_history(random)) is None
