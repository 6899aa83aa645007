"""The wheel is what a model server and a registry reader need, and carries the dbt package."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import hiredis
import msgspec
import redis

ROOT = Path(__file__).resolve().parents[3]

# Imports, in a Python that finds nothing but the wheel and the distributions named, and prints what was imported.
IMPORT_ALONE = """
import json, sys
sys.path[:0] = sys.argv[1:]
import serving
serving.FeatureStore.from_url("redis://127.0.0.1:1/0", namespace="shop:prod").close()
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_serving_needs_redis_and_msgspec_alone(wheel, tmp_path):
    """With only these and redis's own hiredis on its path it is imported and makes a client; neither featurectl nor a driver is imported."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path, [name for name in archive.namelist() if name.startswith("serving/")])
    for package in (hiredis, msgspec, redis):
        source = Path(package.__file__).parent
        (tmp_path / source.name).symlink_to(source)
    command = [sys.executable, "-I", "-S", "-c", IMPORT_ALONE, str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=1200, check=False)

    assert done.returncode == 0, done.stderr
    assert {"serving", "redis", "msgspec"} <= set(json.loads(done.stdout))
    assert {"featurectl", "dbt", "duckdb", "sqlglot", "click"}.isdisjoint(json.loads(done.stdout))


def test_the_base_install_has_no_dbt_and_no_warehouse_driver(installed, tmp_path):
    """They are extras."""
    listed = json.loads(installed.run("python", "-m", "pip", "list", "--format", "json", cwd=tmp_path))

    names = {each["name"].lower() for each in listed}
    base = {"click", "featurectl", "hiredis", "jinja2", "markupsafe", "msgspec", "pyyaml", "redis", "sqlglot"}
    assert names - {"pip", "setuptools"} == base


def test_the_registry_commands_run_on_a_manifest(installed, flights_project):
    """`featurectl list`, `describe` and `check` read what another environment's dbt wrote."""
    listed = json.loads(installed.run("featurectl", "list", "--json", cwd=flights_project.project_dir))

    assert "plane_delays" in {view["name"] for view in listed}
    assert "known_at" in installed.run("featurectl", "describe", "plane_delays", cwd=flights_project.project_dir)
    installed.run("featurectl", "check", cwd=flights_project.project_dir)


def test_help_and_version_need_no_project(installed, tmp_path):
    """They answer in an empty folder."""
    assert "sync-online" in installed.run("featurectl", "--help", cwd=tmp_path)
    assert installed.run("featurectl", "--version", cwd=tmp_path) == "featurectl 0.1.0\n"


def test_the_wheel_carries_the_dbt_package(wheel):
    """Every macro of the checkout, and dbt_project.yml, byte for byte; no test, no data, no model."""
    with zipfile.ZipFile(wheel) as archive:
        prefix = "featurectl/dbt_package/"
        carried = {
            name.removeprefix(prefix): archive.read(name) for name in archive.namelist() if name.startswith(prefix)
        }
        folders = {name.partition("/")[0] for name in archive.namelist()}

    files = [path for path in (ROOT / "macros").rglob("*") if path.is_file()]
    assert carried == {str(path.relative_to(ROOT)): path.read_bytes() for path in [*files, ROOT / "dbt_project.yml"]}
    assert len(files) > 10
    assert folders == {"featurectl", "serving", "featurectl-0.1.0.dist-info"}
