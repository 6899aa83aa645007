"""Names that need quoting, and very many of them, on DuckDB and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import psycopg
import pytest


@pytest.fixture(params=["duckdb", "postgres"])
def query(request, consumer, postgres_uri):
    """Run a built model's rows as dicts."""
    environment = consumer.environment | {"CONSUMER_PG_HOST": postgres_uri.partition("host=")[2]}
    project = replace(consumer, target=request.param, environment=environment)
    project.dbt("--warn-error", "run", "--select", "path:models/odd_names")

    def run(model):
        if request.param == "duckdb":
            with duckdb.connect(str(project.duckdb_path)) as connection:
                cursor = connection.execute(f"select * from {model}")
                return [
                    dict(zip([column[0] for column in cursor.description], row, strict=True))
                    for row in cursor.fetchall()
                ]
        with psycopg.connect(postgres_uri) as connection:
            cursor = connection.execute(f"select * from main.{model}")
            return [
                dict(zip([column.name for column in cursor.description], row, strict=True)) for row in cursor.fetchall()
            ]

    return run


def test_reserved_words_quotes_and_two_hundred_features_are_joined(query):
    (odd,) = query("odd_training")
    odd.pop("when")
    assert odd == {"where": 1, "pit_key_1": "x", "from here": 2, "größe, m²": 3, "pit_spine_us": 4}

    (wide,) = query("wide_training")
    assert [wide[f"feature_{index}"] for index in range(200)] == list(range(200))
