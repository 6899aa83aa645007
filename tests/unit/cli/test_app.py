"""Claims about the command line as a whole: where the project is, exit codes, help."""

from __future__ import annotations

import importlib.metadata

import click
import pytest
from click.testing import CliRunner

from featurectl import errors
from featurectl.cli.app import Group
from featurectl.cli.commands import COMMANDS
from featurectl.cli.exit_codes import exit_code_of
from serving import errors as serving_errors


@pytest.mark.parametrize("command", ["list", "check", "describe"])
def test_outside_a_project_exit_4_says_how_to_name_one(run, tmp_path, command):
    result = run(command, *(["x"] if command == "describe" else []), folder=tmp_path)
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr == (
        f"Error: {tmp_path}: expected dbt_project.yml here or in a folder above, got none\n"
        "Hint: Change to a dbt project, or name it with --project-dir.\n"
    )


def test_a_folder_that_is_no_project_exits_4(run, tmp_path):
    result = run("list", "--project-dir", str(tmp_path))
    assert result.exit_code == 4
    assert result.stderr.startswith(
        f"Error: --project-dir: expected a folder with dbt_project.yml, got {str(tmp_path)!r}"
    )


def test_the_project_is_the_nearest_folder_above(run, shop):
    assert run("list", folder=shop / "models").stdout == run("list").stdout


def test_the_project_and_target_path_can_be_named(run, shop, tmp_path):
    named = ["--project-dir", str(shop), "--target-path", str(shop / "target")]
    assert run("list", *named, folder=tmp_path).stdout == run("list").stdout


def test_a_project_that_was_never_parsed_exits_4(run, tmp_path):
    (tmp_path / "dbt_project.yml").touch()
    result = run("list", folder=tmp_path)
    assert result.exit_code == 4
    assert result.stderr == (
        f"Error: {tmp_path / 'target' / 'manifest.json'}: expected dbt's manifest, got no such file\n"
        "Hint: Run `dbt parse` (or `dbt build`) in the project first.\n"
    )


def test_broken_metadata_stops_list_and_describe_with_exit_4_and_all_problems(run, broken):
    for arguments in (["list"], ["describe", "customer_orders"]):
        result = run(*arguments, folder=broken)
        assert (result.exit_code, result.stdout) == (4, "")
        assert result.stderr == (
            "Error: 1 problem in the project's feature metadata:\n"
            "  models/shop.yml: stock_levels: config.meta.feature_view.entity: expected the entity's name, got none\n"
            "Hint: Fix them, run `dbt parse`, then `featurectl check`.\n"
        )


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (errors.FeaturectlError("x"), 1),
        (errors.ProjectError("x"), 4),
        (errors.MetadataError("x"), 4),
        (errors.ReferenceSyntaxError("x"), 5),
        (errors.UnknownNameError("view", "x", []), 5),
        (errors.WarehouseError("x"), 6),
        (errors.OnlineStoreError("x"), 7),
        (errors.SyncError("x"), 8),
        (serving_errors.UnknownFeatureError("view", "x", []), 5),
        (serving_errors.MissingJoinKeyError("k", "v", "entity_rows[0]", []), 2),
        (serving_errors.StoreError("x"), 7),
        (serving_errors.CatalogError("x"), 7),
        (serving_errors.ConfigError("x"), 7),
        (serving_errors.FormatError("x"), 7),
    ],
)
def test_every_expected_error_has_its_exit_code(error, exit_code):
    assert exit_code_of(error) == exit_code


def group_that_raises(error):
    @click.group(cls=Group)
    def group():
        """A group."""

    @group.command("fail")
    def fail():
        raise error

    return group


def test_an_error_of_serving_is_printed_once_with_its_hint():
    failing = group_that_raises(serving_errors.StoreError("redis://x: expected an answer, got none", hint="Start it."))
    result = CliRunner().invoke(failing, ["fail"])
    assert (result.exit_code, result.stdout) == (7, "")
    assert result.stderr == "Error: redis://x: expected an answer, got none\nHint: Start it.\n"


def test_a_bug_keeps_its_traceback():
    result = CliRunner().invoke(group_that_raises(KeyError("bug")), ["fail"])
    assert isinstance(result.exception, KeyError)


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_names_every_command(run, flag):
    result = run(flag)
    assert result.exit_code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in result.stdout
        assert run(name, flag).exit_code == 0


def test_version_is_the_distributions(run):
    assert run("--version").stdout == f"featurectl {importlib.metadata.version('featurectl')}\n"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("lst", " Did you mean 'list'?"),
        ("syncc", " Did you mean 'sync-online'?"),
        ("sync", " Did you mean 'sync-online'?"),
    ],
)
def test_an_unknown_command_is_wrong_usage_and_names_the_nearest(run, typed, hint):
    result = run(typed)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(f"Error: No such command {typed!r}.{hint}\n")


def test_help_has_the_whole_summary_of_every_command(run):
    summaries = run("--help").stdout.split("\nCommands:\n")[1]
    assert "..." not in summaries
    assert all(line.endswith(".") for line in summaries.strip().splitlines())
