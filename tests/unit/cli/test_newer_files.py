"""Claims about files that changed after dbt wrote the manifest."""

from __future__ import annotations

import os
import shutil

import pytest

SHORT = "newer than target/manifest.json: run `dbt parse` (or `dbt build`)"


@pytest.fixture
def touched(shop, tmp_path):
    """A copy of the parsed shop in which these files are a second newer than the manifest."""

    def touch(*names):
        folder = tmp_path / "touched"
        shutil.copytree(shop, folder)
        written = (folder / "target" / "manifest.json").stat().st_mtime
        for name in names:
            os.utime(folder / name, (written + 1, written + 1))
        return folder

    return touch


@pytest.mark.parametrize("command", [("check",), ("plan", "--no-rows")])
def test_a_file_that_is_newer_than_the_manifest_is_told_of_on_one_line(run, shop, touched, command):
    folder = touched("models/churn_training.sql")
    told, silent = run(*command, folder=folder), run(*command, folder=shop)
    assert told.stderr == f"Warning: models/churn_training.sql is {SHORT}\n{silent.stderr}"
    assert (told.stdout, told.exit_code) == (silent.stdout, silent.exit_code)


def test_several_files_are_still_one_line_and_the_project_file_is_one(run, touched):
    folder = touched("models/churn_training.sql", "dbt_project.yml")
    assert run("check", folder=folder).stderr.startswith(f"Warning: dbt_project.yml and 1 more are {SHORT}\n")


def test_a_sync_tells_even_if_it_is_refused(run, touched):
    result = run("sync-online", "--profiles-dir", ".", folder=touched("models/churn_training.sql"))
    assert f"Warning: models/churn_training.sql is {SHORT}\n" in result.stderr


def test_files_that_are_not_there_are_not_told_of(run, touched):
    folder = touched("models/churn_training.sql")
    shutil.rmtree(folder / "models")
    assert "newer than" not in run("check", folder=folder).stderr
