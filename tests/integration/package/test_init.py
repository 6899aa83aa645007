"""`featurectl init` from the wheel: what it writes builds clean, has no finding, and is looked up, without a network."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
import yaml
from projects import NewProject

REPOSITORIES = Path(__file__).parents[2] / "unit" / "init" / "repositories"


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_a_new_project_goes_from_nothing_to_look_ups(installed, request, tmp_path, engine):
    """The wheel writes it; dbt builds it under --warn-error; check has no finding; sync and look-up answer its service."""
    environment = {}
    if engine == "postgres":
        socket = request.getfixturevalue("postgres_uri").partition("host=")[2]
        environment = {"PGHOST": socket, "PGUSER": "postgres", "PGDATABASE": "postgres", "PGSCHEMA": "starter"}
    installed.run("featurectl", "init", "shop", "--engine", engine, "--entity", "visitor", "--yes", cwd=tmp_path)

    project = NewProject(tmp_path / "shop", environment)
    if engine == "duckdb":
        project.dbt("--quiet", "deps")
    else:
        project.link_package()
    project.dbt("--quiet", "--warn-error", "build", "--show-all-deprecations")

    assert json.loads(project.featurectl("check", "--json")) == []
    project.featurectl("sync-online")
    answer = json.loads(project.featurectl("get-online", "visitor_model", "-e", "visitor_id=v01", "--json"))
    assert set(map(tuple, answer["statuses"].values())) == {("PRESENT",)}
    assert set(answer["features"]) == {
        "visitor_id",
        "events_count_7d",
        "events_count_30d",
        "amount_sum_30d",
        "country",
        "plan",
    }


def test_it_asks_on_a_terminal(installed, tmp_path):
    """Three questions, each with its default; an empty answer takes it."""
    ours, theirs = pty.openpty()
    os.write(ours, b"\npostgres\nvisitor\n")
    command = [str(installed.bin_dir / "featurectl"), "init", "my-shop"]
    done = subprocess.run(
        command, cwd=tmp_path, stdin=theirs, capture_output=True, text=True, timeout=1200, check=False
    )
    os.close(theirs)
    os.close(ours)

    assert done.returncode == 0, done.stderr
    assert "Name of the project [my_shop]" in done.stderr
    assert yaml.safe_load((tmp_path / "my-shop" / "dbt_project.yml").read_text())["name"] == "my_shop"
    assert "type: postgres" in (tmp_path / "my-shop" / "profiles.yml").read_text()
    assert (tmp_path / "my-shop" / "models" / "feature_views" / "visitor_profile.sql").is_file()


def test_a_folder_with_files_is_refused_untouched(installed, tmp_path):
    """Exit 4, and the file in the way by name."""
    (tmp_path / "notes.txt").write_text("mine")
    command = [str(installed.bin_dir / "featurectl"), "init", str(tmp_path), "--yes"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200, check=False)

    assert done.returncode == 4
    assert "expected an empty folder, got notes.txt" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_an_existing_project_needs_yaml_alone(installed, tmp_path):
    """A shop of customers and orders that nobody wrote for us: init, the YAML it prints, a build, a look-up."""
    project = NewProject(Path(shutil.copytree(Path(__file__).parent / "cafe", tmp_path / "cafe")), {})
    mine = {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file()}
    installed.run("featurectl", "init", cwd=project.folder)
    assert {path: path.read_bytes() for path in mine} == mine

    project.link_package()
    project.dbt("--quiet", "build")
    project.dbt("--quiet", "docs", "generate")
    printed = installed.run(
        "featurectl", "init", "--model", "customer_orders", "--entity", "customer", cwd=project.folder
    )
    (project.folder / "models" / "customer_orders.yml").write_text(printed)
    project.dbt("--quiet", "--warn-error", "build")

    assert json.loads(project.featurectl("check", "--json")) == []
    project.featurectl("sync-online")
    answer = json.loads(project.featurectl("get-online", "customer_orders:*", "-e", "customer_id=2", "--json"))
    assert answer["features"] == {"customer_id": [2], "orders_count_30d": [2], "amount_sum_30d": [27.5]}


def test_a_parquet_repository_of_feast_is_looked_up_as_its_file_says(tmp_path):
    """Each value online is that of the file's newest row of the key, in value and type."""
    repository = Path(shutil.copytree(REPOSITORIES / "deliveries", tmp_path / "feast"))
    (repository / "data").mkdir()
    shifts = f"""
        copy (
            select
                1000 + number % 7 as courier_id,
                (now() - to_hours(number)) as finished_at,
                (now() - to_hours(number) + interval 5 minutes) as loaded_at,
                number as parcels,
                cast(number / 7 as float) as rating,
                number / 3 as kilometres,
                case when number % 5 > 0 then 'zone ' || number end as zone,
                number % 2 = 0 as on_bike,
                cast(number as integer) as level,
                now() - to_days(1) as last_break,
                [number, number + 1] as stops,
            from range(1, 100) as numbers (number)
        ) to '{repository}/data/shifts.parquet'
    """
    duckdb.sql(shifts)
    NewProject(tmp_path, {}).featurectl("init", "project", "--from-feast", str(repository))
    project = NewProject(tmp_path / "project", {})
    project.link_package()
    project.dbt("--quiet", "--warn-error", "build")

    assert json.loads(project.featurectl("check", "--json")) == []
    project.featurectl("sync-online")
    keys = [option for key in range(1000, 1007) for option in ("-e", f"courier_id={key}")]
    answer = json.loads(project.featurectl("get-online", "courier_load:*", *keys, "--json"))
    newest = duckdb.sql(f"""
        select courier_id, parcels, rating, kilometres, zone, on_bike, level, stops
        from '{repository}/data/shifts.parquet'
        qualify row_number() over (partition by courier_id order by finished_at desc) = 1
        order by courier_id
    """).fetchall()
    names = ("courier_id", "parcels", "rating", "kilometres", "zone", "on_bike", "level", "stops")
    assert list(zip(*(answer["features"][name] for name in names), strict=True)) == newest
    assert len(newest) == 7


@pytest.mark.parametrize("name", ["shop", "awkward"])
def test_what_is_carried_of_feast_parses_and_has_no_error(installed, tmp_path, name):
    """Several files on PostgreSQL, and one with all that cannot be carried."""
    installed.run("featurectl", "init", "project", "--from-feast", str(REPOSITORIES / name), cwd=tmp_path)

    project = NewProject(tmp_path / "project", {})
    project.link_package()
    project.dbt("--quiet", "--warn-error", "parse", "--show-all-deprecations")

    findings = json.loads(project.featurectl("check", "--json"))
    assert [finding for finding in findings if finding["severity"] == "error"] == []
    assert {finding["rule"] for finding in findings} <= {"leakage/not-compiled"}
