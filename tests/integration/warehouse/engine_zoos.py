"""The zoo's histories in the types that DuckDB and PostgreSQL share, in the same relations of either engine."""

from __future__ import annotations

import random
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "online"))

from zoo import COLUMNS, FOREVER, ROOT, Zoo, histories  # noqa: E402 - found in the folder just named

if TYPE_CHECKING:
    from collections.abc import Sequence

EngineZoo = Zoo
# Types of the zoo that not every engine has, as common ones and as PostgreSQL's.
COMMON = {"ubigint": "decimal(20, 0)", "hugeint": "decimal(38, 0)", "timestamp_ns": "timestamp"}
POSTGRES = {"double[]": "double precision[]", "double": "double precision", "float[]": "real[]", "float": "real", "blob": "bytea"}  # fmt: skip
PROFILE = """
zoo:
  target: dev
  outputs:
    dev:
      type: postgres
      host: {host}
      port: 5432
      user: postgres
      password: ""
      dbname: zoo
      schema: main
      threads: 1
"""


def in_types(text: str, *tables: dict[str, str]) -> str:
    """A list of ``name type`` with other types."""
    columns = []
    for column in text.replace("(18, 2)", "(18; 2)").replace("(38, 10)", "(38; 10)").split(", "):
        name, data_type = column.replace(";", ",").split(" ", 1)
        for table in tables:
            data_type = table.get(data_type, data_type)
        columns.append(f"{name} {data_type}")
    return ", ".join(columns)


def contract_in_types(text: str, *tables: dict[str, str]) -> str:
    """The YAML with other types."""
    for table in tables:
        for name, other in table.items():
            text = text.replace(f"data_type: {name}}}", f'data_type: "{other}"}}').replace(
                f'data_type: "{name}"}}', f'data_type: "{other}"}}'
            )
    return text


def portable(value: Any) -> Any:
    """Without what PostgreSQL or 38 digits do not hold, and without the sign of zero."""
    if isinstance(value, str):
        return value.replace("\x00", "¶")
    if isinstance(value, list):
        return [portable(item) for item in value]
    if isinstance(value, float):
        return value + 0.0  # DuckDB makes 0.0 of a -0.0 that it has sorted by
    if isinstance(value, int) and abs(value) >= 10**38:
        return 10**38 - 1 if value > 0 else 1 - 10**38
    return value


def rows_of_histories() -> dict[str, list[list[Any]]]:
    """Table to its rows."""
    found = histories(random.Random(20240310))
    return {name: [[portable(value) for value in row] for row in rows] for name, rows in found.items()}


def build_duckdb(folder: Path) -> Zoo:
    """The project on DuckDB."""
    zoo = _laid(folder, COMMON)
    with duckdb.connect(str(zoo.duckdb_path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, rows in rows_of_histories().items():
            connection.execute(f"create table {name} ({in_types(COLUMNS[name], COMMON)})")
            for row in rows:
                connection.execute(f"insert into {name} values ({', '.join('?' * len(row))})", row)
        connection.execute("insert into raw_broken values (3, timestamp '2024-03-10 12:00', null, '290000-01-01')")
    return _built(zoo)


def build_postgres(folder: Path, uri: str) -> Zoo:
    """The project on PostgreSQL, in a database of its own."""
    zoo = _laid(folder, COMMON, POSTGRES)
    (zoo.project_dir / "profiles.yml").write_text(PROFILE.format(host=uri.partition("host=")[2]))
    with psycopg.connect(uri, autocommit=True) as server:
        server.execute("drop database if exists zoo")
        server.execute("create database zoo template template0 encoding 'UTF8' locale 'C'")
    with psycopg.connect(uri, dbname="zoo", options="-c timezone=UTC") as connection:
        connection.execute("create schema main")
        for name, rows in rows_of_histories().items():
            connection.execute(f"create table main.{name} ({in_types(COLUMNS[name], COMMON, POSTGRES)})")
            with connection.cursor() as cursor:
                for row in rows:
                    cursor.execute(f"insert into main.{name} values ({', '.join(['%s'] * len(row))})", _forever(row))
        connection.execute("insert into main.raw_broken values (3, '2024-03-10 12:00', null, '290000-01-01')")
    return _built(zoo)


def _forever(row: Sequence[Any]) -> list[Any]:
    """The row with an infinite event or created timestamp, as the last instant means in the histories."""
    times = ["infinity" if isinstance(value, datetime) and value == FOREVER else value for value in row[:4]]
    return [*times, *row[4:]]


def _laid(folder: Path, *tables: dict[str, str]) -> Zoo:
    zoo = Zoo(Path(shutil.copytree(HERE.parent / "online" / "project", folder / "zoo")))
    yaml = zoo.project_dir / "models" / "zoo.yml"
    yaml.write_text(contract_in_types(yaml.read_text(), *tables))
    package = zoo.project_dir / "dbt_packages" / "featurectl"
    shutil.copytree(ROOT / "macros", package / "macros")
    shutil.copy(ROOT / "dbt_project.yml", package)
    (zoo.project_dir / "packages.yml").write_text("packages:\n  - local: dbt_packages/featurectl\n")
    return zoo


def _built(zoo: Zoo) -> Zoo:
    zoo.dbt("build")
    return zoo
