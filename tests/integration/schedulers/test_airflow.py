"""docs/examples/airflow_dag.py in a real Airflow, its metadata in SQLite: run by its scheduler, and by `airflow dags test`."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import subprocess
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
import redis
from scheduled import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DONE = {"run": "success", "dbt_build": "success", "sync_online": "success", "status": "success"}
STANDING = "airflow api-server & airflow dag-processor & airflow scheduler --skip-serve-logs & wait -n"


@dataclass(frozen=True, slots=True)
class Airflow:
    """An installation with the example as its only DAG."""

    tools: Path
    home: Path
    environ: dict[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command line; output and talk together."""
        return subprocess.run(
            [self.tools / "airflow", *arguments],
            env=self.environ,
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=1200,
            check=False,
        )

    @contextlib.contextmanager
    def standing(self) -> Iterator[subprocess.Popen[str]]:
        """Its scheduler, with what that needs, in a room of processes that ends with the block, and before it when one of them does."""
        with socket.create_server(("127.0.0.1", 0)) as unused:
            port = str(unused.getsockname()[1])
        environ = self.environ | {
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": port,
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "false",
            "AIRFLOW__CORE__PARALLELISM": "1",
            "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "1200",  # seconds; a slow start is no failed task
            "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "1200",
            "AIRFLOW__WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "1",
        }
        apart = ["/usr/bin/unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"]
        command = [*apart, "/bin/bash", "-c", STANDING]
        with (self.home / "standing.log").open("w") as log:
            process = subprocess.Popen(command, env=environ, cwd=self.home, stdout=log, stderr=log, text=True)
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    def states(self, *, run_type: str = "manual") -> dict[str, str]:
        """Of the tasks of the first run, and under `run` its own; none before there is a run."""
        with contextlib.closing(sqlite3.connect(self.home / "airflow.db", timeout=60)) as metadata:
            of_runs = "select run_id, state from dag_run where run_type = ? order by id limit 1"
            runs = metadata.execute(of_runs, [run_type]).fetchall()
            of_tasks = "select task_id, state from task_instance where run_id = ?"
            return {
                name: state
                for run_id, of_run in runs
                for name, state in [("run", of_run), *metadata.execute(of_tasks, [run_id]).fetchall()]
            }


@pytest.fixture
def airflow(tools, tmp_path, scheduled) -> Airflow:
    """A new Airflow: its tasks find dbt, featurectl and the store by what the DAG says alone. A retry comes after a second."""
    dag = scheduled.example("airflow_dag.py")
    assert "retry_delay=timedelta(minutes=1)" in dag
    home = tmp_path / "airflow"
    (home / "dags").mkdir(parents=True)
    (home / "dags" / "features.py").write_text(
        dag.replace("retry_delay=timedelta(minutes=1)", "retry_delay=timedelta(seconds=1)")
    )
    environ = {
        "PATH": f"{tools}:/usr/bin:/bin",
        "HOME": str(home),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "false",
        "AIRFLOW_CONN_ONLINE_STORE": scheduled.store_url,
    }
    installed = Airflow(tools, home, environ)
    migrated = installed.run("db", "migrate")
    assert migrated.returncode == 0, migrated.stdout
    return installed


def test_the_dag_is_written_as_airflow_recommends(tools):
    """Importing it warns of nothing: no deprecated module, argument or operator."""
    done = subprocess.run(
        [tools / "python", "-W", "error", EXAMPLES / "airflow_dag.py"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_scheduler_runs_it_when_it_is_due_and_the_stores_password_stays_unsaid(airflow, scheduled):
    """Nobody starts the run. The password is in no log and not among the rendered templates that the metadata keeps."""
    with redis.Redis.from_url(scheduled.store_url) as admin:
        admin.execute_command("ACL", "SETUSER", "airflow", "on", ">hush-hush", "~*", "&*", "+@all")
        url = scheduled.store_url.replace("redis://", "redis://airflow:hush-hush@")
        environ = airflow.environ | {"AIRFLOW_CONN_ONLINE_STORE": url}
        log = airflow.home / "standing.log"
        patience = time.monotonic() + 1200
        with replace(airflow, environ=environ).standing() as process:
            while (states := airflow.states(run_type="scheduled")).get("run") not in {"success", "failed"}:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < patience, log.read_text()
                time.sleep(1)
        admin.execute_command("ACL", "DELUSER", "airflow")
    assert states == DONE, log.read_text()
    assert scheduled.planes_online() == scheduled.planes() > 3000
    logs = list(airflow.home.joinpath("logs").rglob("*.log"))
    assert any("plane_attributes" in path.read_text() for path in logs)
    assert not [path for path in [log, *logs] if "hush-hush" in path.read_text()]
    with contextlib.closing(sqlite3.connect(airflow.home / "airflow.db")) as metadata:
        rendered = str(metadata.execute("select rendered_fields from rendered_task_instance_fields").fetchall())
    assert "FEATURECTL_ONLINE_STORE" in rendered
    assert "hush-hush" not in rendered


def test_a_run_builds_publishes_and_looks_at_the_age(airflow, scheduled):
    done = airflow.run("dags", "test", "features")
    assert done.returncode == 0, done.stdout
    assert airflow.states() == DONE
    assert scheduled.planes_online() == scheduled.planes() > 3000


def test_a_failed_test_keeps_its_view_back_and_the_log_says_why(airflow, scheduled):
    """The other views are published; the sync is tried again, the run fails."""
    scheduled.fail_a_test()
    done = airflow.run("dags", "test", "features")
    assert airflow.states() == {
        "run": "failed", "dbt_build": "failed", "sync_online": "failed", "status": "upstream_failed"
    }  # fmt: skip
    assert "airport_weather: expected its tests to pass" in done.stdout
    assert "The command returned a non-zero exit code 8." in done.stdout
    assert done.stdout.count("[DAG TEST] starting task_id=sync_online") == 3
    assert scheduled.planes_online() == scheduled.planes() > 3000


def test_a_sync_that_goes_well_does_not_hide_a_build_that_did_not(airflow, scheduled):
    """A project that dbt cannot parse: what was built before is published, and the run fails all the same."""
    scheduled.stop_dbt()
    done = airflow.run("dags", "test", "features")
    assert airflow.states() == {
        "run": "failed", "dbt_build": "failed", "sync_online": "success", "status": "upstream_failed"
    }, done.stdout  # fmt: skip
    assert "depends on a node named 'nothing' which was not found" in done.stdout
