"""The queries on a view: in every engine's SQL, with any name in it, and exact on DuckDB at the corners."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from featurectl.manifest import Relation
from featurectl.registry import Column
from featurectl.warehouse import queries
from featurectl.warehouse.base import Part, Span
from featurectl.warehouse.duckdb import DuckDBDialect
from serving.format.values import to_micros

NOON = datetime(2024, 3, 10, 12)
NOON_US = to_micros(NOON)


class Spelling:
    """A dialect whose clock is a function of its own."""

    def __init__(self, name: str) -> None:
        self.name = name

    def micros(self, column: exp.Expression, data_type: str) -> exp.Expression:
        return exp.Anonymous(this="to_micros", expressions=[column.copy(), exp.Literal.string(data_type)])

    def row_number_of(self, values):
        return exp.Anonymous(this="row_number_of", expressions=list(values))

    def sortable(self, column: exp.Expression, data_type: str) -> exp.Expression:
        return exp.Anonymous(this="as_sorted", expressions=[column.copy(), exp.Literal.string(data_type)])


@pytest.fixture
def odd_view(make_view):
    """Every role there is, under names that must be quoted."""
    return make_view(
        "order",
        relation=Relation("my-db", "group", 'rows "of" it'),
        join_keys=(Column("select", "bigint"), Column("Key 2", "varchar")),
        event_timestamp=Column("from", "timestamp"),
        created_timestamp=Column("known`at", "timestamp"),
        tombstone=Column("is gone", "boolean"),
        features=(Column("key_0", "bigint"), Column("event_us", "bigint"), Column("ranked", "varchar")),
        loaded_at=Column("loaded at", "timestamp"),
    )


def loads(view, dialect, now_us):
    return queries.loads(view, dialect, now_us, 3, 2, 1)


def loaded_rows(view, dialect, now_us):
    return queries.latest_rows(view, dialect, now_us, Part((Span(1, 2), Span(4, 5)), 3))


def load_total(view, dialect, now_us):
    return queries.load_total(view, dialect, now_us)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "snowflake", "bigquery", "spark"])
@pytest.mark.parametrize("query", [queries.stock, queries.latest_rows, loads, loaded_rows, load_total])
@pytest.mark.parametrize("now_us", [NOON_US, -1])
def test_a_query_is_sql_in_every_dialect(odd_view, dialect, query, now_us):
    """It parses, and parses back to the same columns of the same table."""
    sql = query(odd_view, Spelling(dialect), now_us).sql(dialect=dialect)

    parsed = sqlglot.parse_one(sql, dialect=dialect)

    used = {column.name for column in parsed.find_all(exp.Column)}
    assert {"select", "Key 2", "from", "known`at"} <= used
    table = next(found for found in parsed.find_all(exp.Table) if found.name == 'rows "of" it')
    assert (table.catalog, table.db) == ("my-db", "group")
    assert ("LIMIT" in sql, ";" in sql, "--" in sql) == (False, False, False)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "snowflake", "bigquery", "spark"])
def test_nulls_are_lowest_in_every_dialect(odd_view, dialect):
    """Descending with nulls last, whatever the engine's default is."""
    sql = queries.latest_rows(odd_view, Spelling(dialect), NOON_US).sql(dialect=dialect)
    (window,) = sqlglot.parse_one(sql, dialect=dialect).find_all(exp.Window)
    terms = window.args["order"].expressions
    assert len(terms) == 6
    assert all(term.args["desc"] and not term.args.get("nulls_first") for term in terms)


class Table:
    """A table in DuckDB with the view on it."""

    def __init__(self, view, types: dict[str, str]) -> None:
        self.view = view
        self.connection = duckdb.connect()
        self.connection.execute("set TimeZone = 'UTC'; set threads = 2")
        columns = ", ".join(f"{name} {data_type}" for name, data_type in types.items())
        self.connection.execute(f"create table orders ({columns})")

    def put(self, *rows: str) -> None:
        for row in rows:
            self.connection.execute(f"insert into orders values ({row})")

    def run(self, query, now_us=NOON_US):
        return self.connection.execute(query(self.view, DuckDBDialect(), now_us).sql(dialect="duckdb")).fetchall()


@pytest.fixture
def table(make_view):
    view = make_view(
        relation=Relation(None, "main", "orders"),
        created_timestamp=Column("known_at", "timestamp"),
        tombstone=Column("is_gone", "boolean"),
        features=(Column("n", "bigint"), Column("text", "varchar")),
    )
    return Table(
        view,
        {"customer_id": "bigint", "ordered_at": "timestamp", "known_at": "timestamp", "is_gone": "boolean", "n": "bigint", "text": "varchar"},
    )  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        "1, 'infinity', '2024-01-01', false, 1, ''",
        "1, '2024-01-01', 'infinity', false, 1, ''",
        "1, '-infinity', null, false, 1, ''",
        "1, null, '2024-01-01', false, 1, ''",
        "1, '2024-03-10 12:00:00.000001', null, false, 1, ''",
        "1, '2024-01-01', '2024-03-10 12:00:00.000001', false, 1, ''",
        "null, '2024-01-01', null, false, 1, ''",
    ],
)
def test_stock_and_latest_rows_agree_on_what_is_due(table, row):
    """Null and infinite times, forecasts and null keys are in neither: a view of them alone is an empty one."""
    table.put(row)
    assert table.run(queries.latest_rows) == []
    assert table.run(queries.stock) == [(1, 0, int(row.startswith("null")), None)]


def test_the_watermark_is_the_greatest_a_of_the_due_rows(table):
    """Neither the clock nor the greatest e."""
    table.put(
        "1, '2024-03-10 10:00', '2024-03-10 11:30', false, 1, ''",
        "1, '2024-03-10 11:00', null, false, 1, ''",
        "2, '2024-03-10 11:45', '2024-03-10 12:01', false, 1, ''",
    )
    assert table.run(queries.stock) == [(3, 2, 0, to_micros(datetime(2024, 3, 10, 11, 30)))]


def test_rows_at_the_instant_are_due(table):
    """Both bounds are inclusive."""
    table.put("1, '2024-03-10 12:00', '2024-03-10 12:00', false, 1, ''")
    assert table.run(queries.latest_rows) == [(1, NOON_US, NOON_US, False, 1, "")]
    assert table.run(queries.latest_rows, NOON_US - 1) == []


@pytest.mark.parametrize(
    ("loser", "winner"),
    [
        ("1, '2024-03-10 10:00', '2024-03-10 11:00', false, 9, 'z'", "1, '2024-03-10 10:30', null, false, 1, 'a'"),
        ("1, '2024-03-10 10:00', null, false, 9, 'z'", "1, '2024-03-10 10:00', '2024-03-10 10:01', false, 1, 'a'"),
        ("1, '2024-03-10 10:00', null, true, 1, 'z'", "1, '2024-03-10 10:00', null, false, 2, 'a'"),
        ("1, '2024-03-10 10:00', null, true, null, 'z'", "1, '2024-03-10 10:00', null, false, 2, 'a'"),
        ("1, '2024-03-10 10:00', null, true, 2, null", "1, '2024-03-10 10:00', null, false, 2, ''"),
        ("1, '2024-03-10 10:00', null, false, 2, 'a'", "1, '2024-03-10 10:00', null, true, 2, 'a'"),
        ("1, '2024-03-10 10:00', null, null, 2, 'a'", "1, '2024-03-10 10:00', null, false, 2, 'a'"),
    ],
)
def test_the_greatest_e_then_c_then_features_wins(table, loser, winner):
    """Nulls lowest; the order of the rows in the table does not matter."""
    for rows in ((loser, winner), (winner, loser)):
        table.connection.execute("delete from orders")
        table.put(winner)
        alone = table.run(queries.latest_rows)
        table.connection.execute("delete from orders")
        table.put(*rows)
        assert table.run(queries.latest_rows) == alone


@pytest.mark.parametrize(
    "text", ["1969-12-31 23:59:59.999999999", "1970-01-01 00:00:00.000000001", "2024-03-10 12:00:00.123456789"]
)
def test_nanoseconds_are_floored_on_both_sides_of_1970(text):
    column = DuckDBDialect().micros(exp.column("t"), "timestamp_ns").sql(dialect="duckdb")
    floored = datetime.fromisoformat(text[:26])
    with duckdb.connect() as connection:
        (micros,) = connection.execute(f"select {column} from (select timestamp_ns '{text}' as t)").fetchone()
    assert micros == to_micros(floored)
