"""A dbt project whose views hold every type and every corner of the rules, and its command line."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
from click.testing import CliRunner, Result

from featurectl.cli import main

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
NAMESPACE = "zoo:dev"
BASE = datetime(2024, 3, 10, 12)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
FOREVER = datetime(9999, 12, 31, 23, 59, 59, 999999)  # how DuckDB's driver writes and reads infinity

ACCOUNTS = [
    "plain",
    "",
    "a|b",
    "a",
    "b",
    "100%",
    "%",
    "{}",
    "}{",
    "smile 🙂",
    "two\nlines",
    "Ä",
    "ä",
    "%7C",
    "absent",
    None,
]
PAIRS = [(1, 11), (11, 1), (1, 1), (-(2**63), 2**63 - 1), (111, 0), (None, 1)]
DAYS = [date(2024, 1, 1), date(1, 1, 1), date(9999, 12, 31), None]

# The values of each feature of `accounts`; a null is among all of them.
VALUES: dict[str, tuple[str, list[Any]]] = {
    "big": ("bigint", [2**53 + 1, -(2**63), 2**63 - 1, 0]),
    "unsigned": ("ubigint", [2**64 - 1, 2**53 + 1, 0]),
    "wide": ("hugeint", [2**127 - 1, -(2**127) + 1, 2**64, 7]),
    "price": ("decimal(18, 2)", [Decimal("1.10"), Decimal("-0.01"), Decimal("9999999999999999.99"), Decimal("0.00")]),
    "exact": ("decimal(38, 10)", [Decimal("1234567890123456789012345678.0123456789"), Decimal("0E-10")]),
    "ratio": ("double", [0.1, -0.0, float("nan"), float("inf"), float("-inf"), 5e-324]),
    "small_ratio": ("float", [0.1, 16777216.0, float("nan")]),
    "flag": ("boolean", [True, False]),
    "text": ("varchar", ["", "a|b", "100%", "{}", "🙂", "two\nlines", "null", "quote's", "\x00nul", "%7C"]),
    "bytes": ("blob", [b"", b"\x00\xff|%", b"text"]),
    "holiday": ("date", [date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31)]),
    "clock": ("time", [time(0), time(23, 59, 59, 999999), time(12, 30)]),
    "naive": ("timestamp", [BASE + TICK, datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)]),
    "zoned": ("timestamptz", [BASE.replace(tzinfo=UTC), datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)]),
    "token": ("uuid", [UUID(int=0), UUID("0123abcd-89ab-cdef-0123-456789abcdef")]),
    "doubles": ("double[]", [[], [0.1, -0.0], [1e300, None]]),
    "floats": ("float[]", [[], [0.10000000149011612, 3.0], [None]]),
    "words": ("varchar[]", [[], ["", "a|b", None, "🙂"]]),
    "wholes": ("bigint[]", [[2**63 - 1, None, -1], []]),
}
_FEATURES = ", ".join(f"{name} {data_type}" for name, (data_type, _) in VALUES.items())
SPINE_COLUMNS = "row_id bigint, account varchar, left_id bigint, right_id bigint, opened_on date, observed_at timestamp"
COLUMNS = {
    "raw_spine": SPINE_COLUMNS,
    "raw_accounts": f"account varchar, event_at timestamp, known_at timestamptz, is_deleted boolean, batch bigint, {_FEATURES}",
    "raw_pairs": "left_id bigint, right_id bigint, event_at timestamp, score bigint, remark varchar",
    "raw_days": "day date, event_at timestamp_ns, known_at timestamp, visits integer",
    "raw_broken": "id bigint, event_at timestamp, known_at timestamp, starts_at timestamp",
}


@dataclass(frozen=True, slots=True)
class Zoo:
    """A copy of the built project: its dbt artifacts, profile and warehouse."""

    project_dir: Path

    @property
    def manifest_path(self) -> Path:
        """Of the build."""
        return self.project_dir / "target" / "manifest.json"

    @property
    def duckdb_path(self) -> Path:
        """The warehouse; nothing keeps it open."""
        return self.project_dir / "zoo.duckdb"

    def dbt(self, *arguments: str) -> None:
        """Run dbt in the project; a failure shows its output."""
        done = subprocess.run(
            [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--no-use-colors", *arguments],
            cwd=self.project_dir,
            env=os.environ | {"DBT_PROFILES_DIR": str(self.project_dir)},
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        assert done.returncode == 0, f"dbt {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}"

    def copy_to(self, folder: Path) -> Zoo:
        """A second copy to change."""
        ignored = shutil.ignore_patterns("dbt_packages", "logs", "compiled", "run")
        return Zoo(Path(shutil.copytree(self.project_dir, folder / "zoo", ignore=ignored)))

    def run(self, command: str, *arguments: str, url: str | None = None, env: dict[str, str] | None = None) -> Result:
        """The result of a featurectl command on the project; a traceback is raised."""
        store = ["--online-store", url] if url else []
        return CliRunner().invoke(
            main,
            [
                command,
                *arguments,
                "--project-dir",
                str(self.project_dir),
                "--profiles-dir",
                str(self.project_dir),
                *store,
            ],
            env={"FEATURECTL_ONLINE_STORE": None, "FEATURECTL_NAMESPACE": None, **(env or {})},
            catch_exceptions=False,
        )

    def sync(self, as_of: datetime, *arguments: str, url: str, select: str = "tag:healthy") -> Result:
        """Run `sync-online`, its output as on a terminal unless asked otherwise."""
        options = ["--as-of", as_of.isoformat(), "--select", select, "--text"]
        return self.run("sync-online", *options, *arguments, url=url)

    def edit_manifest(self, edit: Any) -> None:
        """Change the manifest in place."""
        manifest = json.loads(self.manifest_path.read_text())
        edit(manifest)
        self.manifest_path.write_text(json.dumps(manifest))


def build(folder: Path) -> Zoo:
    """Install the package, load the histories, run `dbt build`."""
    zoo = Zoo(Path(shutil.copytree(HERE / "project", folder / "zoo")))
    (zoo.project_dir / "packages.yml").write_text(f"packages:\n  - local: {ROOT}\n")
    with duckdb.connect(str(zoo.duckdb_path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, rows in histories(random.Random(20240310)).items():
            connection.execute(f"create table {name} ({COLUMNS[name]})")
            for row in rows:
                connection.execute(f"insert into {name} values ({', '.join('?' * len(row))})", row)
        connection.execute("insert into raw_broken values (3, ?, null, '290000-01-01')", [BASE])
    zoo.dbt("deps")
    zoo.dbt("--warn-error", "build")
    return zoo


def histories(rng: random.Random) -> dict[str, list[tuple[Any, ...]]]:
    """Table to its rows: late rows, ties, exact duplicates, tombstones, forecasts, null and infinite times."""
    accounts = [
        (account, event, _known(rng, event), rng.random() < 0.15, rng.randrange(9), *_features(rng))
        for account in ACCOUNTS
        if account != "absent"
        for event in (_instant(rng) for _ in range(9))
    ]
    accounts += [(row[0], row[1], row[2], row[3], 0, *_features(rng)) for row in accounts[::3]]  # ties
    accounts += accounts[::4]  # exact duplicates
    pairs = [
        (left, right, _instant(rng), rng.choice([None, 1, 2, 2**53 + 1]), rng.choice([None, "x", "y|"]))
        for left, right in PAIRS
        for _ in range(7)
    ]
    days = [
        (day, _instant(rng), known, rng.choice([None, 1, 2]))
        for day in DAYS
        for known in (None, FOREVER, *(_instant(rng) for _ in range(6)))
    ]
    broken = [(1, BASE + 9000 * HOUR, None, BASE), (1, BASE, BASE + 9000 * HOUR, BASE), (2, BASE, None, BASE)]
    return {
        "raw_spine": [],
        "raw_accounts": accounts,
        "raw_pairs": pairs,
        "raw_days": days,
        "raw_broken": broken,
    }


def _instant(rng: random.Random) -> datetime | None:
    """Few distinct ones, so that ties, exact bounds and their neighbours come up all the time; one in twenty is null."""
    if rng.random() < 0.05:
        return None
    return BASE + rng.randrange(-4, 5) * HOUR + rng.choice([-1, 0, 0, 1]) * TICK


def _known(rng: random.Random, event: datetime | None) -> datetime | None:
    if event is None or rng.random() < 0.2:
        return None
    return (event + rng.choice([-1, 0, 0, 1, 3]) * HOUR).replace(tzinfo=UTC)


def _features(rng: random.Random) -> list[Any]:
    return [rng.choice([*pool, None]) for _, pool in VALUES.values()]
