"""docs/examples/github_plan.yml: what it runs, runs; on the flights, with a change that breaks their service."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

WORKFLOW = Path(__file__).resolve().parents[3] / "docs" / "examples" / "github_plan.yml"
NEEDS_THE_NETWORK = {"Install", "Comment"}


@pytest.fixture(scope="module")
def job():
    return yaml.safe_load(WORKFLOW.read_text())["jobs"]["plan"]


def test_a_pull_request_that_breaks_a_service_is_built_beside_production_planned_and_stopped(flights, job, tmp_path):
    """Only what changed is built, in the schema of CI; the plan names the service; the last step fails without the label."""
    retype_temperature(flights.folder)
    flights.commit()
    github_env = tmp_path / "env"
    github_env.touch()
    environ = {"GITHUB_BASE_REF": "main", "GITHUB_ENV": str(github_env), "DBT_PROFILES_DIR": str(flights.folder)}
    codes, printed = {}, {}
    for step in job["steps"]:
        if "run" in step and step["name"] not in NEEDS_THE_NETWORK:
            set_before = dict(line.split("=", 1) for line in github_env.read_text().splitlines())
            done = flights.run(f"set -eo pipefail; {step['run']}", **environ, **set_before)
            codes[step["name"]], printed[step["name"]] = done.returncode, done.stdout
    assert codes == {"Describe production": 0, "Build what changed": 0, "Plan": 0, "Stop what breaks": 1}, printed
    assert "ci.airport_weather" in printed["Build what changed"]
    assert "ci.plane_delays" not in printed["Build what changed"]
    comment = (flights.folder / "plan.md").read_text()
    broken = "service late_arrival_model and training set late_arrival_training"
    assert f"| `!` | view `airport_weather` | feature temperature_f: float64 -> decimal(6,2) | {broken} |" in comment
    assert "`~` | view `airport_weather` | sql of airport_weather" in comment
    assert "plane_delays" not in comment


def test_the_steps_that_need_the_network_hand_on_what_the_others_made(job):
    steps = {step.get("name"): step for step in job["steps"]}
    assert steps.keys() >= NEEDS_THE_NETWORK
    assert "> plan.md" in steps["Plan"]["run"]
    assert "--body-file plan.md" in steps["Comment"]["run"]


def retype_temperature(folder):
    views, sets = folder / "models" / "feature_views", folder / "models" / "training_sets"
    replace(views / "airport_weather.sql", "    temperature_f,", "    temperature_f::decimal(6, 2) as temperature_f,")
    double, exact = "_f\n        data_type: double precision", "_f\n        data_type: decimal(6, 2)"
    replace(views / "airport_weather.yml", double, exact)
    replace(sets / "late_arrival_training.yml", double, exact)


def replace(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1, f"{path}: {old}"
    path.write_text(text.replace(old, new))
