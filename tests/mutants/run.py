"""Break the macros on purpose, one slip at a time: every mutant must die.

    python tests/mutants/run.py [--only TEXT]

For each mutant the package is copied with the slip in it, installed into the project of tests/dbt, compiled, and held to the
nested loop on the same random histories (or a whole test file is run against it). A survivor is a hole in the tests: exit 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random

import duckdb
import psycopg

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "point_in_time")]

from catalog import MUTANTS, Mutant  # noqa: E402
from consumer import Consumer, install  # noqa: E402
from engines import DuckDB, Engine, Postgres  # noqa: E402
from forms import FORMS, disagreement  # noqa: E402
from histories import large_history  # noqa: E402
from postgres_server import running_postgres  # noqa: E402
from telling import Telling  # noqa: E402

HISTORIES = 25


def mutated(mutant: Mutant, folder: Path) -> Path:
    """A copy of the package with the slip in it."""
    for name in ("macros", "models"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "dbt_project.yml", folder)
    path = folder / mutant.path
    text = path.read_text()
    if text.count(mutant.old) != 1:
        raise SystemExit(f"{mutant.path}: expected {mutant.old!r} exactly once, got it {text.count(mutant.old)} times")
    path.write_text(text.replace(mutant.old, mutant.new))
    return folder


def is_killed_by_oracle(project: Consumer, engine: Engine) -> bool:
    """Whether any history tells the mutant from the nested loop; SQL that the engine refuses counts."""
    sql = project.compiled()
    random = Random(1)
    try:
        return any(disagreement(engine, sql, large_history(random)) for _ in range(HISTORIES))
    except (duckdb.Error, psycopg.Error):  # SQL that the engine refuses is noticed too
        return True


def is_killed_by_test(root: Path, test: str) -> bool:
    """Whether the test file fails against the mutant."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", ROOT / test],
        cwd=ROOT,
        env=os.environ | {"FEATURECTL_PACKAGE_ROOT": str(root)},
        capture_output=True,
        check=False,
    )
    return done.returncode == 1


def main() -> None:
    """Run the mutants, print a line each, exit 1 when one survives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="Mutants whose form or file has this text.")
    only = parser.parse_args().only
    chosen = [mutant for mutant in MUTANTS if only in mutant.form or only in mutant.path]
    telling = Telling()
    with ExitStack() as stack:
        uri = stack.enter_context(running_postgres()) if any("postgres" in mutant.form for mutant in chosen) else ""
        engines: dict[str, Engine] = {}
        for mutant in chosen:
            started = time.monotonic()
            with tempfile.TemporaryDirectory(prefix="featurectl-mutant-") as name:
                root = mutated(mutant, Path(name) / "package")
                if mutant.form in FORMS:
                    form = FORMS[mutant.form]
                    if mutant.form not in engines:
                        types = {"spine": form.spine, "view": form.view}
                        engines[mutant.form] = DuckDB(**types) if form.target == "duckdb" else Postgres(uri, **types)
                        stack.callback(engines[mutant.form].close)
                    project = install(Path(name), root=root, CONSUMER_PG_HOST=uri.partition("host=")[2])
                    variables = {**form.variables, "timestamp_type": form.view}
                    killed = is_killed_by_oracle(
                        replace(project, target=form.target, variables=variables), engines[mutant.form]
                    )
                else:
                    killed = is_killed_by_test(root, mutant.form)
            telling.tell(killed, time.monotonic() - started, mutant.path, mutant.old, mutant.new, mutant.form)
    telling.exit()


if __name__ == "__main__":
    main()
