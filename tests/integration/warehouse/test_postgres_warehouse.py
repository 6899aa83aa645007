"""PostgreSQL as a warehouse: one consistent state, flat memory, values at the edge of Python, refusals that say what to do."""

from __future__ import annotations

import re
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from zoo import BASE, FOREVER, Zoo

from featurectl.errors import WarehouseError
from featurectl.manifest import Relation
from featurectl.registry import Column, FeatureView, Freshness
from featurectl.warehouse import open_warehouse
from featurectl.warehouse.base import Part, Span
from featurectl.warehouse.profile import Target
from featurectl.warehouse.queries import latest_rows
from serving.format.values import to_micros

LATE_US = to_micros(datetime(2100, 1, 1))


@pytest.fixture
def settings(postgres_uri):
    """A target's keys for the server."""
    host = postgres_uri.partition("host=")[2]
    return {"host": host, "port": 5432, "user": "postgres", "password": "", "dbname": "postgres", "schema": "edge"}


@pytest.fixture
def server(postgres_uri):
    """A session that commits at once, with an empty schema."""
    with psycopg.connect(postgres_uri, autocommit=True) as connection:
        connection.execute("drop schema if exists edge cascade; create schema edge; set search_path = edge")
        yield connection


def warehouse(settings):
    return open_warehouse(Target("shop", "dev", True, "postgres", settings, "profiles.yml: shop: dev"), Path())


@pytest.fixture
def edge_view():
    """A function that makes a view on edge.orders with one feature of a type."""

    def make(data_type):
        key, event, feature = Column("id", "bigint"), Column("at", "timestamp"), Column("x", data_type)
        return FeatureView(
            unique_id="model.shop.orders", name="orders", version=0, is_latest=True, package="shop", description="",
            path="shop.yml", relation=Relation("postgres", "edge", "orders"), materialized="table", entity="order",
            columns=(key, event, feature), join_keys=(key,), event_timestamp=event, created_timestamp=None,
            tombstone=None, features=(feature,), ttl_seconds=None, online=True, defaults={}, freshness=Freshness(),
            lookback_seconds=0, loaded_at=None, owner=None, access="protected", tags=(), deprecation_date=None, compiled_code=None,
            depends_on=(),
        )  # fmt: skip

    return make


@pytest.mark.parametrize(
    ("data_type", "text", "expected"),
    [
        ("timestamp", "infinity", FOREVER),
        ("timestamp", "-infinity", datetime(1, 1, 1)),
        ("timestamp", "1999-12-31 23:59:59.999999", datetime(1999, 12, 31, 23, 59, 59, 999999)),
        ("timestamptz", "infinity", FOREVER.replace(tzinfo=UTC)),
        ("timestamptz", "2024-07-01 12:00+02", datetime(2024, 7, 1, 10, tzinfo=UTC)),
        ("date", "infinity", date.max),
        ("date", "0001-01-01", date.min),
        ("real", "0.1", 0.10000000149011612),
        ("json", '{"a":  1.10}', '{"a":  1.10}'),
        ("jsonb", '{"a":  1.10}', '{"a": 1.10}'),
        ("timestamp[]", "{infinity,NULL}", [FOREVER, None]),
    ],
)  # fmt: skip
def test_a_value_is_what_other_engines_give(server, settings, edge_view, data_type, text, expected):
    """Zones, infinity, float32 and JSON as DuckDB's driver has them."""
    server.execute(f"create table orders as select 1::bigint as id, timestamp '2024-01-01' as at, '{text}'::{data_type} as x")  # fmt: skip
    with warehouse(settings).reading() as reading:
        ((row,),) = reading.latest_rows(edge_view(data_type), LATE_US)
    assert (tuple(row.keys), row.event_us, row.is_tombstone) == ((1,), to_micros(datetime(2024, 1, 1)), False)
    assert (list(row.values), type(row.values[0])) == ([expected], type(expected))


@pytest.mark.parametrize(("data_type", "text"), [("timestamp", "290000-01-01"), ("date", "4000-01-01 BC"), ("time", "24:00")])  # fmt: skip
def test_a_value_that_python_lacks_hides_no_other_row(server, settings, edge_view, data_type, text):
    """It comes as a number, which its declared type refuses when it is encoded."""
    server.execute(f"create table orders (id bigint, at timestamp, x {data_type})")
    server.execute(f"insert into orders values (1, '2024-01-01', '{text}'), (2, '2024-01-01', null)")
    with warehouse(settings).reading() as reading:
        (batch,) = reading.latest_rows(edge_view(data_type), LATE_US)
    assert [type(row.values[0]) for row in sorted(batch)] == [int, type(None)]


def test_a_value_that_python_lacks_is_counted_by_the_command(postgres_zoo: Zoo, sqlite_url):
    result = postgres_zoo.sync(BASE, url=sqlite_url, select="misfits")
    assert result.exit_code == 8
    assert "1 of 2 rows written" in result.stdout
    assert re.search(r"id=3: .*expected .*timestamp, got \d+ \(int\)", result.stderr)


def test_ties_of_text_are_settled_by_code_point(server, settings, edge_view):
    """Whatever the database's language says; json, which has no order, by its text."""
    for data_type in ("text", "json"):
        server.execute(f"drop table if exists orders; create table orders (id bigint, at timestamp, x {data_type})")
        server.execute("""insert into orders values (1, '2024-01-01', '"a"'), (1, '2024-01-01', '"B"'), (1, '2024-01-01', null)""")  # fmt: skip
        with warehouse(settings).reading() as reading:
            ((row,),) = reading.latest_rows(edge_view(data_type), LATE_US)
            assert 'collate "C"' in reading._sql(latest_rows(edge_view(data_type), reading._dialect, 0))
        assert row.values == ('"a"',)


def test_a_reading_is_one_state_in_utc_that_writes_nothing(server, settings, edge_view, monkeypatch):
    monkeypatch.setenv("PGTZ", "America/New_York")
    server.execute("create table orders as select 1::bigint as id, timestamp '2024-01-01' as at, 1::bigint as x")
    view = edge_view("bigint")
    with warehouse(settings).reading() as reading:
        before = reading.stock(view, LATE_US)
        server.execute("insert into orders values (2, '2024-02-01', 7)")
        assert reading.stock(view, LATE_US) == before == (1, 1, 0, to_micros(datetime(2024, 1, 1)))
        assert [len(batch) for batch in reading.latest_rows(view, LATE_US)] == [1]
        assert reading._execute("show timezone") == [("UTC",)]
        assert abs(reading.now_us() - to_micros(datetime.now(UTC))) < 1_800_000_000
        with pytest.raises(WarehouseError, match="read-only"):
            reading._execute("create table more (id bigint)")


def test_spans_and_digests_tell_changed_rows(server, settings, edge_view):
    """A changed value changes the sum of its stretch alone; a span reads the rows known within it."""
    server.execute("create table orders as select n::bigint as id, timestamp '2024-01-01' + n * interval '1 day' as at, n::bigint as x from generate_series(0, 9) as n")  # fmt: skip
    view, day = edge_view("bigint"), 86_400_000_000
    first = to_micros(datetime(2024, 1, 1))
    with warehouse(settings).reading() as reading:
        before = reading.digests(view, LATE_US, day, [first + 4 * day, first + 7 * day])
        batches = list(reading.latest_rows(view, LATE_US, Part([Span(first + day, first + 2 * day), Span(first + 9 * day, LATE_US)])))  # fmt: skip
    assert sorted(row.keys[0] for batch in batches for row in batch) == [1, 2, 9]
    assert sorted(digest.rank for digest in before) == [0] * 5 + [1] * 3
    server.execute("update orders set x = null where id = 3")
    with warehouse(settings).reading() as reading:
        after = reading.digests(view, LATE_US, day, [first + 4 * day, first + 7 * day])
    changed = set(before) ^ set(after)
    assert len(changed) == 2
    assert {digest.bucket for digest in changed} == {sorted({digest.bucket for digest in before})[3]}


def test_rows_are_counted_and_read_by_when_they_were_loaded(server, settings, edge_view):
    """Those before, at and after a load; those without a time are read always; a forecast of an earlier load waits."""
    server.execute("create table orders (id bigint, at timestamp, x bigint, loaded_at timestamptz)")
    server.execute(
        "insert into orders values (1, '2024-01-01', 1, '2024-02-01 00:00+00'), (2, '2024-01-01', 1, '2024-02-02 00:00+00'), "
        "(3, '2024-01-01', 1, '2024-02-02 00:00+00'), (4, '2024-01-01', 1, '2024-02-03 00:00+00'), (5, '2024-01-01', 1, null), "
        "(6, '2024-03-01', 1, '2024-02-01 00:00+00')"
    )
    view = replace(edge_view("bigint"), loaded_at=Column("loaded_at", "timestamptz"))
    since, known_by = to_micros(datetime(2024, 2, 2)), to_micros(datetime(2024, 1, 1))
    with warehouse(settings).reading() as reading:
        loads = reading.loads(view, LATE_US, since, known_by)
        after = list(reading.latest_rows(view, LATE_US, Part((), since + 1)))
        waiting = list(reading.latest_rows(view, LATE_US, Part([Span(known_by + 1, LATE_US)], since)))
        totals = [reading.load_total(view, since + n) for n in (-1, 0)]
    assert loads[1:] == (to_micros(datetime(2024, 2, 3)), 4, 2, 1)
    assert totals[0] == 0 < totals[1]
    assert loads.stock == (6, 6, 0, to_micros(datetime(2024, 3, 1)))
    assert sorted(row.keys[0] for batch in after for row in batch) == [4, 5]
    assert sorted(row.keys[0] for batch in waiting for row in batch) == [2, 3, 4, 5, 6]
    server.execute("update orders set x = 2 where id = 3; update orders set loaded_at = 'infinity' where id = 1")
    with warehouse(settings).reading() as reading:
        assert reading.load_total(view, since) not in totals
        assert reading.loads(view, LATE_US, since, known_by).until_us == to_micros(datetime(2024, 2, 3))


def test_memory_is_flat(server, settings, edge_view):
    """Sixteen times the rows, the same peak: they come through a cursor of the server."""
    view = edge_view("text")
    peaks = []
    for count in (10_000, 160_000):
        server.execute(f"drop table if exists orders; create table orders as select n::bigint as id, timestamp '2024-01-01' as at, repeat('x', 100) as x from generate_series(1, {count}) as n")  # fmt: skip
        with warehouse(settings).reading() as reading:
            tracemalloc.start()
            assert sum(map(len, reading.latest_rows(view, LATE_US))) == count
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


@pytest.mark.parametrize(
    ("changed", "message", "hint"),
    [
        ({"host": "127.0.0.1", "port": 1}, "refused", "Is the server up"),
        ({"host": "/nowhere"}, "No such file", "Is the server up"),
        ({"dbname": "nobodys"}, 'database "nobodys" does not exist', "Check dbname"),
        ({"user": "nobody"}, "nobody", "dbt debug"),
        ({"role": "nobody"}, 'role "nobody" does not exist', "role and search_path"),
    ],
)
def test_a_server_that_does_not_let_us_in(settings, changed, message, hint):
    """One error with the target's place, the server's words and what to do."""
    with pytest.raises(WarehouseError) as caught, warehouse(settings | changed).reading():
        pass
    assert str(caught.value).startswith("profiles.yml: shop: dev: expected ")
    assert message in str(caught.value)
    assert hint in caught.value.hint


def test_search_path_and_role_are_the_targets(server, settings):
    server.execute("drop role if exists edge_reader; create role edge_reader")
    with warehouse(settings | {"role": "edge_reader", "search_path": "edge, public"}).reading() as reading:
        assert reading._execute("select current_user, current_setting('search_path')") == [
            ("edge_reader", "edge, public")
        ]
    server.execute("drop role edge_reader")


def test_a_relation_that_is_not_there_or_may_not_be_read(server, settings, edge_view):
    with (
        warehouse(settings).reading() as reading,
        pytest.raises(
            WarehouseError, match=r'expected the relation of the manifest, got: relation "edge\.orders"'
        ) as caught,  # fmt: skip
    ):
        reading.stock(edge_view("bigint"), 0)
    assert "dbt build" in caught.value.hint
    server.execute("create table orders (id bigint, at timestamp, x bigint)")
    server.execute("drop role if exists edge_stranger; create role edge_stranger")
    server.execute("grant usage on schema edge to edge_stranger")
    with (
        warehouse(settings | {"role": "edge_stranger"}).reading() as reading,
        pytest.raises(WarehouseError, match="expected the right to read, got: permission denied") as caught,
    ):
        list(reading.latest_rows(edge_view("bigint"), 0))
    assert "select on the feature views" in caught.value.hint
    server.execute("revoke usage on schema edge from edge_stranger; drop role edge_stranger")


def test_a_connection_that_is_ended_on_the_way_is_one_error(server, settings, edge_view):
    server.execute("create table orders as select n::bigint as id, timestamp '2024-01-01' as at, n::bigint as x from generate_series(1, 20000) as n")  # fmt: skip
    with warehouse(settings).reading() as reading:
        rows = reading.latest_rows(edge_view("bigint"), LATE_US)
        next(rows)
        server.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'featurectl'")
        with pytest.raises(WarehouseError, match="expected a server that stays") as caught:
            list(rows)
    assert "Nothing is lost" in caught.value.hint


@pytest.mark.parametrize(
    ("adapter", "module", "package"),
    [
        ("postgres", "psycopg", "'featurectl[postgres]'"),
        ("duckdb", "duckdb", "'featurectl[duckdb]'"),
        ("trino", "dbt", "dbt-trino"),
    ],
)
def test_a_driver_that_is_not_installed_is_named_with_its_extra(adapter, module, package):
    """In a process that cannot import it."""
    program = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from pathlib import Path\n"
        "from featurectl.warehouse import open_warehouse\n"
        "from featurectl.warehouse.profile import Target\n"
        "from featurectl.errors import WarehouseError\n"
        f"target = Target('s', 'dev', True, {adapter!r}, {{'path': 'a.db', 'dbname': 'd'}}, 'profiles.yml: s: dev')\n"
        "try:\n    open_warehouse(target, Path())\n"
        "except WarehouseError as error:\n    print(error, '|', error.hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == (
        f"profiles.yml: s: dev: type: expected the driver {module!r} for {adapter}, got none | "
        f"Install it: pip install {package}.\n"
    )
