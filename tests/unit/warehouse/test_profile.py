"""dbt's profiles.yml without dbt: the same target, the same types, and never a secret in a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from featurectl.errors import ProjectError
from featurectl.warehouse.profile import read_target

SECRET = "hunter2"


@pytest.fixture
def project(tmp_path):
    """Writes a project with a profile, and reads a target of it."""
    (tmp_path / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")

    def read(profiles: str | None, **options):
        if profiles is not None:
            (tmp_path / "profiles.yml").write_text(profiles)
        return read_target(tmp_path, **options)

    return read


def output(**settings):
    """A profile with one output."""
    lines = "".join(f"      {name}: {value}\n" for name, value in settings.items())
    return f"shop:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n{lines}"


def test_an_environment_variable_is_text_unless_a_filter_says_otherwise(project, monkeypatch):
    monkeypatch.setenv("SHOP", "5432")
    target = project(
        output(
            text="\"{{ env_var('SHOP') }}\"",
            inside="\"path/{{ env_var('SHOP') }}.duckdb\"",
            number="\"{{ env_var('SHOP') | as_number }}\"",
            fraction="\"{{ env_var('NONE_SUCH', '0.5') | as_number }}\"",
            flag="\"{{ env_var('NONE_SUCH', 'true') | as_bool }}\"",
            native="\"{{ env_var('NONE_SUCH', '[1, two]') | as_native }}\"",
            default="\"{{ env_var('NONE_SUCH', '') }}\"",
            plain="7",
        )
    )
    assert target.settings == {
        "type": "duckdb",
        "text": "5432",
        "inside": "path/5432.duckdb",
        "number": 5432,
        "fraction": 0.5,
        "flag": True,
        "native": [1, "two"],
        "default": "",
        "plain": 7,
    }
    assert type(target.settings["number"]) is int


def test_nested_settings_are_rendered_too(project, monkeypatch):
    monkeypatch.setenv("SHOP", "1GB")
    target = project(output(settings="{memory_limit: \"{{ env_var('SHOP') }}\", list: [\"{{ env_var('SHOP') }}\"]}"))
    assert target.settings["settings"] == {"memory_limit": "1GB", "list": ["1GB"]}


def test_the_target_is_the_one_asked_for_else_the_profiles_own_else_default(project, monkeypatch):
    two = (
        "shop:\n  target: \"{{ env_var('SHOP', 'dev') }}\"\n  outputs: {dev: {type: duckdb}, prod: {type: postgres}}\n"
    )
    assert (project(two).name, project(two).is_default) == ("dev", True)
    assert (project(two, target="prod").adapter_type, project(two, target="prod").is_default) == ("postgres", False)
    assert project(two, target="dev").is_default
    monkeypatch.setenv("SHOP", "prod")
    assert project(two).name == "prod"
    assert project("shop:\n  outputs: {default: {type: duckdb}}\n").name == "default"


def test_only_the_chosen_output_is_rendered(project):
    """A variable that only prod needs is not asked of a developer."""
    text = (
        output(path="shop.duckdb") + "    prod:\n      type: postgres\n      password: \"{{ env_var('NONE_SUCH') }}\"\n"
    )
    assert project(text).name == "dev"
    with pytest.raises(ProjectError, match="prod: password: expected the environment variable NONE_SUCH to be set"):
        project(text, target="prod")


def test_profiles_are_in_the_folder_given_else_the_project_else_home(project, tmp_path, monkeypatch):
    home, given = tmp_path / "home", tmp_path / "given"
    for folder, name in ((home / ".dbt", "home.duckdb"), (given, "given.duckdb")):
        folder.mkdir(parents=True)
        (folder / "profiles.yml").write_text(output(path=name))
    monkeypatch.setattr(Path, "home", lambda: home)
    assert project(None).settings["path"] == "home.duckdb"
    assert project(output(path="project.duckdb")).settings["path"] == "project.duckdb"
    assert project(None, profiles_dir=given).settings["path"] == "given.duckdb"
    with pytest.raises(ProjectError, match=r"expected profiles\.yml in .*nowhere, got none"):
        project(None, profiles_dir=tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("profiles", "message", "hint"),
    [
        ("shap: {}", "expected the profile 'shop', got none", "Did you mean 'shap'?"),
        ("7: {}", "expected the profile 'shop', got none", "There is: 7."),
        ("shop: {target: dv, outputs: {dev: {}}}", "shop: expected the target 'dv', got none", "Did you mean 'dev'?"),
        ("shop: {target: dev}", "shop: expected the target 'dev', got none", "There is none in this project."),
        ("shop:", "shop: expected a mapping, got NoneType", "Check it with `dbt debug`."),
        ("shop: {outputs: []}", "shop: expected the target 'default', got none", "There is none in this project."),
        ("shop: {outputs: [dev]}", "shop: outputs: expected a mapping, got list", "Check it with `dbt debug`."),
        ("shop: {outputs: {default: x}}", "shop: default: expected a mapping, got str", "Check it with `dbt debug`."),
        ("- shop", "profiles.yml: expected a mapping, got list", "Check it with `dbt debug`."),
        ("\x00", "profiles.yml: expected YAML, got something else", "Check it with `dbt debug`."),
    ],
)
def test_what_is_no_profile_is_told_with_its_place(project, profiles, message, hint):
    with pytest.raises(ProjectError) as caught:
        project(profiles)
    assert message in str(caught.value)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    "profiles",
    [
        output(password=f'"{SECRET}'),  # an open quote
        output(password=f"{SECRET}: {SECRET}: {SECRET}"),
        output(password=f"[{SECRET}"),
        output(password=f"\"{{{{ '{SECRET}' | as_number }}}}\""),
        output(password=f"\"{{{{ '[{SECRET}' | as_native }}}}\""),
        output(password=f'"{{% {SECRET} %}}"'),
        output(password=f'"{{{{ {SECRET} }}}}"'),
        output(password='"{{ env_var() }}"'),
        output(password=f"\"{SECRET} {{{{ env_var('NONE_SUCH') }}}}\""),
        output(password=f"\"{{{{ env_var('NONE_SUCH', ['{SECRET}']) | as_number }}}}\""),
    ],
)
def test_no_message_shows_a_value(project, profiles):
    """Nor its chained causes: whatever is wrong with the text, only its place is said."""
    with pytest.raises(ProjectError) as caught:
        project(profiles)
    said = f"{caught.value} {caught.value.hint} {caught.value.__cause__}"
    assert SECRET not in said
    assert caught.value.__suppress_context__


def test_a_target_is_printed_without_its_settings(project):
    target = project(output(password=SECRET))
    assert target.settings["password"] == SECRET
    assert SECRET not in f"{target} {target!r} {target.where}"


def test_a_project_without_a_profile_is_told_to_name_one(tmp_path):
    (tmp_path / "dbt_project.yml").write_text("name: shop\n")
    with pytest.raises(ProjectError, match="profile: expected the name of a profile, got none") as caught:
        read_target(tmp_path)
    assert caught.value.hint == "Or name one with --profile."
