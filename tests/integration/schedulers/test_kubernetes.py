"""docs/examples/kubernetes_cronjob.yml: held to the schema of Kubernetes' API, and its container run within the limits it sets itself.

No cluster: the command runs in namespaces made from the manifest, as the user it names, with no capability, on a root that cannot
be written, the volumes mounted. Not shown: pulling the image, fsGroup, seccomp, the limit of memory, the policies of the Job.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from scheduled import EXAMPLES, HOME

EXAMPLE = EXAMPLES / "kubernetes_cronjob.yml"

# Twice a user namespace: mounts need its root, and the container's user must not be root.
CONTAINER = """
image=$1 warehouse=$2 user=$3 group=$4 folder=$5; shift 5
mount -t tmpfs tmpfs /srv
mkdir /srv/flights /srv/warehouse
mount --bind "$warehouse" /srv/warehouse
mount --bind "$image" /srv/flights
mount -o remount,bind,ro /srv/flights
while [ "$1" != -- ]; do mount -t tmpfs tmpfs "$1"; shift; done; shift
mount -o remount,bind,ro /
cd "$folder"
exec setpriv --no-new-privs unshare --user --map-user="$user" --map-group="$group" "$@"
"""


@pytest.fixture(scope="module")
def job():
    """The Job's specification."""
    return yaml.safe_load(EXAMPLE.read_text())["spec"]["jobTemplate"]["spec"]


@pytest.fixture
def validate(tools, tmp_path):
    """A function from a manifest's text to what the validator says of it, unknown keys refused."""

    def run(text):
        path = tmp_path / "manifest.yml"
        path.write_text(text)
        command = [tools / "kubernetes-validate", "--strict", path]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)

    return run


@pytest.mark.parametrize(
    "slip",
    [("concurrencyPolicy", "concurencyPolicy"), ("backoffLimit: 2", "backoffLimit: two"), ("mountPath", "path")],
    ids=lambda slip: slip[1],
)
def test_the_manifest_keeps_to_the_schema_of_the_api(validate, slip):
    """At every depth: a slip is seen."""
    done = validate(EXAMPLE.read_text())
    assert done.returncode == 0, done.stdout
    assert validate(EXAMPLE.read_text().replace(*slip)).returncode == 1


def test_runs_do_not_meet_and_end(job):
    assert yaml.safe_load(EXAMPLE.read_text())["spec"]["concurrencyPolicy"] == "Forbid"
    assert job["activeDeadlineSeconds"] > 0
    (rule,) = job["podFailurePolicy"]["rules"]
    assert (rule["action"], rule["onExitCodes"]["values"]) == ("FailJob", [4, 8])
    assert job["template"]["spec"]["restartPolicy"] == "Never", "a pod failure policy asks for it"


@pytest.fixture
def run(job, scheduled):
    """A function that runs a command, else the container's own, as the manifest has the pod's only container run.

    Its image is the built example; the warehouse is outside it.
    """
    pod = job["template"]["spec"]
    (container,) = pod["containers"]
    (variable,) = container["env"]
    assert set(variable["valueFrom"]) == {"secretKeyRef"}
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    volumes = [mount["mountPath"] for mount in container["volumeMounts"]]
    for path in volumes:  # a container's runtime makes them
        scheduled.folder.joinpath(Path(path).relative_to(HOME)).mkdir(exist_ok=True)
    environ = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": "/",
        "FLIGHTS_DUCKDB_PATH": "/srv/warehouse/flights.duckdb",
        variable["name"]: scheduled.store_url,
    }
    ids = [str(pod["securityContext"][name]) for name in ("runAsUser", "runAsGroup")]
    made = [scheduled.folder, scheduled.duckdb_path.parent, *ids, container["workingDir"], *volumes, "--"]

    def run(*command):
        return subprocess.run(
            ["/usr/bin/unshare", "--user", "--map-root-user", "--mount", "sh", "-euc", CONTAINER, "sh", *made]
            + (list(command) or container["command"]),
            env=environ, capture_output=True, text=True, timeout=1200, check=False,
        )  # fmt: skip

    return run


def test_the_container_is_nobody_and_can_write_its_volumes_alone(run):
    """What the tests below rely on, seen from inside."""
    inside = "id -u; ls target; for path in / . models /tmp target logs; do touch $path/x 2>/dev/null && echo $path; done; mount -t tmpfs x /srv"
    done = run("sh", "-c", inside)
    assert done.stdout.split() == ["10001", "target", "logs"]
    assert "must be superuser" in done.stderr or "permission denied" in done.stderr


def test_the_container_builds_and_publishes(run, scheduled):
    done = run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert scheduled.planes_online() == scheduled.planes() > 3000


def test_a_failed_test_ends_the_job_with_8_and_publishes_the_other_views(run, scheduled, job):
    scheduled.fail_a_test()
    done = run()
    assert done.returncode == 8, done.stdout + done.stderr
    assert "airport_weather: expected its tests to pass" in done.stderr
    assert scheduled.planes_online() == scheduled.planes() > 3000
    assert 8 in job["podFailurePolicy"]["rules"][0]["onExitCodes"]["values"]


def test_a_project_that_dbt_cannot_parse_publishes_nothing(run, scheduled):
    """Unlike elsewhere, no manifest of an earlier run is there."""
    scheduled.stop_dbt()
    done = run()
    assert done.returncode == 4, done.stdout + done.stderr
    assert "depends on a node named 'nothing' which was not found" in done.stdout
    assert scheduled.planes_online() == 0
