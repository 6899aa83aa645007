"""Names that need quoting, very many of them, and defaults of every kind, on DuckDB and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import duckdb
import psycopg
import pytest


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def query(request, consumer, postgres_uri):
    """Run a built model's rows as dicts."""
    environment = consumer.environment | {"CONSUMER_PG_HOST": postgres_uri.partition("host=")[2]}
    project = replace(consumer, target=request.param, environment=environment)
    project.dbt("--warn-error", "build", "--select", "path:models/odd_names")

    def run(model):
        if request.param == "duckdb":
            with duckdb.connect(str(project.duckdb_path)) as connection:
                connection.execute("set TimeZone = 'America/New_York'")
                cursor = connection.execute(f"select * from {model}")
                return [
                    dict(zip([column[0] for column in cursor.description], row, strict=True))
                    for row in cursor.fetchall()
                ]
        with psycopg.connect(postgres_uri) as connection:
            connection.execute("set timezone = 'America/New_York'")
            cursor = connection.execute(f"select * from main.{model}")
            return [
                dict(zip([column.name for column in cursor.description], row, strict=True)) for row in cursor.fetchall()
            ]

    return run


def test_reserved_words_quotes_and_two_hundred_features_are_joined(query):
    """All of a view but its keys and times, the load time among them."""
    (odd,) = query("odd_training")
    odd.pop("when")
    assert odd == {"where": 1, "pit_key_1": "x", "from here": 2, "größe, m²": 3, "pit_spine_us": 4, "newest": 5}

    (wide,) = query("wide_training")
    assert [wide[f"feature_{index}"] for index in range(200)] == list(range(200))


def test_a_default_is_what_serving_would_answer_whatever_the_session_zone(query):
    """List items keep their case; a zone in the text is applied, none means UTC."""
    (row,) = query("default_training")
    assert row["zoned"].astimezone(UTC) == datetime(2026, 1, 31, tzinfo=UTC)
    assert {name: row[name] for name in ("tags", "naive", "shifted", "day", "flag", "remark", "ratio")} == {
        "tags": ["A", "it's", "b|C"],
        "naive": datetime(2026, 1, 31, 2),
        "shifted": datetime(2026, 1, 31),
        "day": date(2026, 1, 31),
        "flag": False,
        "remark": "It's \\ A",
        "ratio": -0.25,
    }
