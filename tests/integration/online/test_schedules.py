"""The scheduler examples in docs/examples/: their shell commands run, on the flights example and a real Valkey.

Quick, and part of every run. `make test-schedulers` (tests/integration/schedulers) runs the files themselves: in Airflow, in cron, step by step as
GitHub's runner does, and in a container's bounds; and holds the YAML to the published schemas.
"""

from __future__ import annotations

import ast
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"
HOME = "/srv/flights"


def crontab():
    """The variables it sets, and its commands without the five fields of time."""
    lines = [line for line in (EXAMPLES / "crontab").read_text().splitlines() if line and not line.startswith("#")]
    settings = dict(line.split("=", 1) for line in lines if line[0].isalpha())
    return settings, [line.split(maxsplit=5)[5] for line in lines if not line[0].isalpha()]


def airflow_commands():
    """Of its BashOperators, in the order of the file; read from its syntax tree, for Airflow is not in this environment."""
    tree = ast.parse((EXAMPLES / "airflow_dag.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "BashOperator"]
    return [
        ast.literal_eval(keyword.value) for call in calls for keyword in call.keywords if keyword.arg == "bash_command"
    ]


def github_commands():
    """Of its steps, without those that lay in Python."""
    (job,) = yaml.safe_load((EXAMPLES / "github_actions.yml").read_text())["jobs"].values()
    return [step["run"] for step in job["steps"] if "run" in step and not step["run"].startswith("pip ")]


def kubernetes_commands():
    """Of its container: what `sh -c` gets, without what hands on the exit status."""
    job = yaml.safe_load((EXAMPLES / "kubernetes_cronjob.yml").read_text())["spec"]["jobTemplate"]
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["command"][:2] == ["sh", "-c"]
    assert container["workingDir"] == HOME
    (line,) = container["command"][2:]
    return [command.strip() for command in re.split("; built=[$][?];|&& exit [$]built", line) if command]


@pytest.fixture(scope="module")
def project_dir(flights_project, tmp_path_factory):
    """A built copy of the example, as a scheduler finds it."""
    project = flights_project.copy_to(tmp_path_factory.mktemp("scheduled"))
    shutil.copy(flights_project.duckdb_path, project.duckdb_path)
    return project.project_dir


@pytest.fixture
def shell(project_dir, valkey_server):
    """A function that runs a command line as a scheduler would: by /bin/sh, with little in the environment."""

    def run(line):
        programs = Path(sys.executable).parent
        return subprocess.run(
            ["/bin/sh", "-c", line.replace(HOME, str(project_dir))],
            cwd=project_dir,
            env={
                "PATH": f"{programs}:/usr/bin:/bin",
                "HOME": os.environ["HOME"],
                "FEATURECTL_ONLINE_STORE": f"redis://127.0.0.1:{valkey_server.port}/0",
            },
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )

    return run


def test_the_crontab_builds_publishes_and_collects(shell, project_dir):
    """Each line as it is written; what it says goes to sync.log, and its metrics to a file."""
    settings, (build_and_sync, gc) = crontab()
    assert settings["FEATURECTL_ONLINE_STORE"].startswith("redis://")
    for line in (build_and_sync, gc):
        done = shell(line)
        assert done.returncode == 0, (project_dir / "sync.log").read_text()
    log = (project_dir / "sync.log").read_text()
    assert "Completed successfully" in log
    views = [json.loads(line) for line in log.splitlines() if line.startswith('{"view"')]
    assert len(views) > 3
    assert not any(view["problems"] for view in views)
    assert "featurectl_sync_success" in (project_dir / "sync.prom").read_text()
    assert "Nothing has been out of the manifest for seven days." in log


def test_the_other_examples_run_what_the_crontab_runs(shell):
    """`dbt build` is the crontab's, run above; every other command of theirs is run here, once."""
    lines = [*airflow_commands(), *github_commands(), *kubernetes_commands()]
    assert "dbt build;" in crontab()[1][0]
    rest = [command for command in dict.fromkeys(lines) if command != "dbt build"]
    assert rest == ["featurectl sync-online --json", "featurectl status --fail-on stale", "dbt deps"]
    for command in rest:
        done = shell(command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_second_run_while_one_is_running_does_nothing(shell, project_dir):
    """The crontab's flock."""
    before = (project_dir / "sync.log").read_text()
    with (project_dir / ".sync.lock").open("w") as running:
        fcntl.flock(running, fcntl.LOCK_EX)
        assert shell(crontab()[1][0]).returncode == 1
    assert (project_dir / "sync.log").read_text() == before
