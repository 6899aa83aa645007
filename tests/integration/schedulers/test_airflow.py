"""docs/examples/airflow_dag.py in a real Airflow: its DAG is run by `airflow dags test`, its metadata in SQLite."""

from __future__ import annotations

import sqlite3
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from scheduled import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path


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
            timeout=600,
            check=False,
        )

    def states(self) -> dict[str, str]:
        """Of the tasks of the only run, and under `run` its own."""
        with sqlite3.connect(self.home / "airflow.db") as metadata:
            (run,) = metadata.execute("select state from dag_run").fetchall()
            tasks = metadata.execute("select task_id, state from task_instance").fetchall()
        return {"run": run[0], **dict(tasks)}


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


def test_a_run_builds_publishes_and_looks_at_the_age(airflow, scheduled):
    done = airflow.run("dags", "test", "features")
    assert done.returncode == 0, done.stdout
    assert airflow.states() == {"run": "success", "dbt_build": "success", "sync_online": "success", "status": "success"}
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
