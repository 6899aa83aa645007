"""docs/examples/github_*.yml: held to the schema of workflows and to a linter of their safety, and their steps run as a runner does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from scheduled import EXAMPLES

WORKFLOWS = sorted(EXAMPLES.glob("github_*.yml"))


@pytest.fixture
def check(tools, tmp_path):
    """A function from a program and a workflow's text to what the program says of it."""

    def run(program, text):
        path = tmp_path / "workflow.yml"
        path.write_text(text)
        arguments = {
            "check-jsonschema": ["--builtin-schema", "vendor.github-workflows"],
            "zizmor": ["--offline", "--no-progress", "--persona", "auditor"],
        }[program]
        return subprocess.run([tools / program, *arguments, path], capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_keeps_to_githubs_schema(check, path):
    """And a slip would be seen."""
    done = check("check-jsonschema", path.read_text())
    assert done.returncode == 0, done.stdout
    assert check("check-jsonschema", path.read_text().replace("runs-on:", "run-on:")).returncode == 1


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_takes_no_right_it_does_not_need_and_runs_no_text_of_a_stranger(check, path):
    """zizmor, in its strictest persona: actions by commit, rights by job, no templates in a shell. And a slip would be seen."""
    done = check("zizmor", path.read_text())
    assert done.returncode == 0, done.stdout
    pinned = next(line for line in path.read_text().splitlines() if "actions/checkout@" in line)
    moved = path.read_text().replace(pinned, "      - uses: actions/checkout@v5")
    assert "unpinned-uses" in check("zizmor", moved).stdout


def run_job(scheduled):
    """Run the steps of github_actions.yml; which commands ran, and how each ended. A step runs after a failure iff it says so."""
    (job,) = yaml.safe_load((EXAMPLES / "github_actions.yml").read_text())["jobs"].values()
    environ = {
        "PATH": f"{scheduled.folder}/.venv/bin:/usr/bin:/bin",
        "HOME": str(Path.home()),
        "FEATURECTL_ONLINE_STORE": scheduled.store_url,
    }
    assert environ.keys() >= job["env"].keys()
    codes = {}
    for step in job["steps"]:
        if "run" not in step or step["run"].startswith("pip install"):
            continue  # a runner has the project and a Python, and here the environment too
        assert step.get("if") in {None, "${{ !cancelled() }}"}
        if "if" in step or not any(codes.values()):
            done = subprocess.run(
                ["/bin/bash", "-e", "-c", step["run"]],
                cwd=scheduled.folder,
                env=environ,
                capture_output=True,
                check=False,
            )
            codes[step["run"]] = done.returncode
    return codes


def test_a_job_builds_publishes_and_looks_at_the_age(scheduled):
    assert run_job(scheduled) == {
        "dbt deps": 0, "dbt build": 0, "featurectl sync-online --json": 0, "featurectl status --fail-on stale": 0
    }  # fmt: skip
    assert scheduled.planes_online() == scheduled.planes() > 3000


def test_a_job_with_a_failed_test_publishes_the_other_views_and_fails(scheduled):
    scheduled.fail_a_test()
    assert run_job(scheduled) == {"dbt deps": 0, "dbt build": 1, "featurectl sync-online --json": 8}
    assert scheduled.planes_online() == scheduled.planes() > 3000
