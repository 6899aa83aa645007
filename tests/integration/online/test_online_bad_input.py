"""Each bad input gives one error with a hint, the documented exit code, no traceback, and an unchanged store."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
from refusals import assert_refused
from stored import contents
from zoo import BASE, HOUR, TICK, Zoo

from featurectl.warehouse import duckdb as driver


@pytest.fixture
def url(sqlite_url, built_zoo):
    """A store as of BASE; bad syncs an hour later would change it."""
    assert built_zoo.sync(BASE, url=sqlite_url).exit_code == 0
    return sqlite_url


def refuses_to_sync(zoo: Zoo, url, exit_code, *messages, arguments=()):
    before = contents(url)
    assert_refused(zoo.sync(BASE + HOUR, *arguments, url=url), exit_code, *messages)
    assert contents(url) == before


def without_code(manifest):
    manifest["metadata"]["invocation_id"] = "of-a-parse"
    for node in manifest["nodes"].values():
        node.pop("compiled_code", None)


def another_schema(manifest):
    manifest["metadata"]["dbt_schema_version"] = "https://schemas.getdbt.com/dbt/manifest/v7.json"


def another_adapter(manifest):
    manifest["metadata"]["adapter_type"] = "postgres"


def another_database(manifest):
    for node in manifest["nodes"].values():
        node["database"] = "production"


def unknown_ttl(manifest):
    block = manifest["nodes"]["model.zoo.pairs"]["config"]["meta"]["feature_view"]
    block["ttl"] = {"count": 1, "period": "fortnight"}
    block["entitty"] = "pair"


@pytest.mark.parametrize(
    ("edit", "messages"),
    [
        (without_code, ["expected compiled code in the manifest", "dbt parse.*dbt build"]),
        (another_schema, ["schema v12, got v7"]),
        (another_adapter, ["expected adapter 'duckdb' of target 'dev', got 'postgres'"]),
        (another_database, ["expected a relation in database 'zoo' of target 'dev', got production.main"]),
        (unknown_ttl, ["2 problems", "zoo.yml: pairs: .*ttl.period: expected", "entitty", "fortnight"]),
    ],
)
def test_a_manifest_that_cannot_be_used(zoo, url, edit, messages):
    """Of `dbt parse`, of another dbt, of another target, with wrong metadata (all problems at once)."""
    zoo.edit_manifest(edit)
    refuses_to_sync(zoo, url, 4, *messages)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "got no such file"),
        ("", "an empty file"),
        ("{}", "without `metadata"),
        ('{"metadata": {', "expected JSON, got an end"),
    ],
)
def test_a_manifest_that_is_no_manifest(zoo, url, text, message):
    zoo.manifest_path.unlink()
    if text is not None:
        zoo.manifest_path.write_text(text)
    refuses_to_sync(zoo, url, 4, message)


def test_a_truncated_manifest(zoo, url):
    whole = zoo.manifest_path.read_bytes()
    zoo.manifest_path.write_bytes(whole[: len(whole) // 2])
    refuses_to_sync(zoo, url, 4, r"manifest\.json: expected JSON, got")


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (["--target", "prod"], 4, "expected the last dbt command to name --target prod"),
        (["--target", "elsewhere"], 4, "expected the last dbt command to name --target elsewhere"),
        (["--target", "deb"], 4, r"expected the target 'deb', got none\nHint: Did you mean 'dev'"),
        (["--target", "postgres"], 4, "variable ZOO_PASSWORD to be set, got nothing"),
        (["--profile", "zo"], 4, r"expected the profile 'zo', got none\nHint: Did you mean 'zoo'"),
        (["--select", "pair"], 5, "feature view to select, got 'pair'\nHint: Did you mean 'pairs'"),
        (["--exclude", "tag:helthy"], 5, "Did you mean 'tag:healthy'"),
        (["--namespace", "zoo dev"], 7, "namespace: expected parts of"),
    ],
)
def test_an_option_that_names_nothing(built_zoo, url, arguments, exit_code, message):
    refuses_to_sync(built_zoo, url, exit_code, message, arguments=arguments)


def test_run_results_of_another_target(zoo, url):
    """The last dbt command built prod; dev must not be published from its manifest."""
    path = zoo.manifest_path.with_name("run_results.json")
    path.write_text('{"args": {"target": "prod"}}')
    refuses_to_sync(zoo, url, 4, "run_results.json: expected target 'dev', got 'prod'")
    path.write_text('{"args": ')
    refuses_to_sync(zoo, url, 4, "run_results.json: expected dbt's run results")


def test_a_project_without_profiles(zoo, url):
    (zoo.project_dir / "profiles.yml").unlink()
    refuses_to_sync(zoo, url, 4, "expected profiles.yml in .*, got none")


@pytest.mark.parametrize(
    "profile", ["", "zoo: [1]", "zoo: {target: dev, outputs: 7}", "zoo: {target: dev, outputs: {dev: 7}}", "zoo: {"]
)
def test_a_profile_that_is_no_profile(zoo, url, profile):
    (zoo.project_dir / "profiles.yml").write_text(profile)
    refuses_to_sync(zoo, url, 4, "profiles.yml: .*expected")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("memory_limit: lots", "memory_limit: expected what DuckDB accepts, got 'lots'"),
        ("7", "settings: expected a map"),
    ],
)
def test_settings_that_duckdb_refuses(zoo, url, settings, message):
    value = "7" if settings == "7" else f"{{{settings}}}"
    (zoo.project_dir / "profiles.yml").write_text(
        f"zoo: {{target: dev, outputs: {{dev: {{type: duckdb, path: zoo.duckdb, schema: main, settings: {value}}}}}}}"
    )
    refuses_to_sync(zoo, url, 6, message)


@pytest.mark.parametrize(
    ("keep", "message"), [(None, "got none"), (0, "expected a DuckDB file"), (9000, "DuckDB file")]
)
def test_a_warehouse_that_is_absent_or_broken(zoo, sqlite_url, keep, message):
    """One error, not one a view; the embedded store is not even created."""
    whole = zoo.duckdb_path.read_bytes()
    zoo.duckdb_path.unlink()
    if keep is not None:
        zoo.duckdb_path.write_bytes(whole[:keep] or b"no database" * 999)
    refuses_to_sync(zoo, sqlite_url, 6, message)
    assert contents(sqlite_url) == {}


def test_a_relation_that_is_not_there(zoo, url):
    """The view was compiled, but never built."""

    def rename(manifest):
        manifest["nodes"]["model.zoo.pairs"]["alias"] = "pears"

    zoo.edit_manifest(rename)
    before = contents(url)
    result = zoo.sync(BASE + HOUR, url=url, select="pairs")
    assert result.exit_code == 8
    assert "expected the relation of the manifest, got: Catalog Error: Table with name pears" in result.stderr
    assert "Hint: Run `dbt build`" in result.stderr
    assert {key: value for key, value in contents(url).items() if "catalog" not in key[0]} == {
        key: value for key, value in before.items() if "catalog" not in key[0]
    }


def test_a_locked_warehouse_names_its_holder(zoo, url, monkeypatch):
    """Another process has the file open to write."""
    monkeypatch.setattr(driver, "LOCK_WAIT_SECONDS", 0.01)
    hold = f"import duckdb, sys; held = duckdb.connect({str(zoo.duckdb_path)!r}); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        refuses_to_sync(zoo, url, 6, f"expected no other process to hold the file, got process {holder.pid}")
        holder.communicate()
    assert zoo.sync(BASE + HOUR, url=url).exit_code == 0


@pytest.mark.parametrize("url", ["http://127.0.0.1", "redis://127.0.0.1:port/0", "sqlite://relative.db"])
def test_a_store_url_that_cannot_be_read(built_zoo, url):
    assert_refused(built_zoo.sync(BASE, url=url), 7, "online store: expected")


def test_an_embedded_store_that_cannot_be_made(built_zoo, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert_refused(built_zoo.sync(BASE, url=f"sqlite://{tmp_path}/file/online.db"), 7, "expected a folder")
    assert_refused(
        built_zoo.sync(BASE, url=f"sqlite://{tmp_path}/file"), 7, "expected an SQLite file, got something else"
    )


@pytest.mark.parametrize("as_of", ["yesterday", "", "2024-13-01", "1710072000"])
def test_an_instant_that_is_none(built_zoo, url, as_of):
    before = contents(url)
    result = built_zoo.run("sync-online", "--text", "--as-of", as_of, url=url)
    assert result.exit_code == 2
    assert "expected an ISO 8601 instant such as 2013-07-01T18:00:00Z" in result.stderr
    assert contents(url) == before


def test_empty_future_and_misfit_views_do_not_stop_the_others(built_zoo, sqlite_url):
    """Exit 8 names each with its reason; the good rows and views are online."""
    result = built_zoo.run("sync-online", "--text", "--as-of", BASE.isoformat(), url=sqlite_url)

    assert result.exit_code == 8
    assert "3 of 6 views were not (wholly) published" in result.stderr
    assert "empty: zoo.main.empty: expected rows known by 2024-03-10 12:00:00Z, got an empty table" in result.stderr
    assert (
        "forecasts: zoo.main.forecasts: expected rows known by 2024-03-10 12:00:00Z, got none of its 2" in result.stderr
    )
    assert "misfits: id=3: expected a value of type timestamp, got '290000-01-01 00:00:00' (str)" in result.stderr
    assert "ok accounts: " in result.stdout
    stored = contents(sqlite_url)
    assert {key[1] for key in stored if isinstance(key, tuple) and key[1].startswith("view:")} == {
        "view:accounts@0", "view:days@0", "view:misfits@0", "view:pairs@0"
    }  # fmt: skip
    assert "zoo:dev:misfits@0:{2}" in stored
    assert "zoo:dev:state:misfits@0" not in stored, "a view with rejected rows has no watermark"
    assert not [key for key in stored if "empty" in str(key) or "forecasts" in str(key)]


def test_a_selection_of_nothing_says_so(built_zoo, sqlite_url):
    result = built_zoo.sync(BASE, "--exclude", "pairs", url=sqlite_url, select="pairs")
    assert result.exit_code == 0
    assert "Warning: the selection means no view that is online" in result.stderr


@pytest.mark.parametrize(
    ("features", "entity", "exit_code", "message"),
    [
        ("zoo_modell", "account=plain", 5, r"feature service, got 'zoo_modell'\nHint: Did you mean 'zoo_model'"),
        ("pair:score", "left_id=1,right_id=11", 5, r"feature view, got 'pair'\nHint: Did you mean 'pairs'"),
        ("pairs:scor", "left_id=1,right_id=11", 5, r"got 'scor'\nHint: Did you mean 'score'"),
        ("pairs:score", "left_id=1", 2, "expected the join key column 'right_id' of view 'pairs'"),
        ("pairs:score", "left_id=one,right_id=1", 2, "join key 'left_id': expected int64"),
        ("days:visits", "day=tomorrow", 2, "join key 'day': expected date"),
    ],
)
def test_a_look_up_that_cannot_be_answered(built_zoo, url, features, entity, exit_code, message):
    assert_refused(built_zoo.run("get-online", features, "-e", entity, url=url), exit_code, message)


def test_a_look_up_where_nothing_is_published(built_zoo, url, tmp_path):
    look_up = ("get-online", "pairs:score", "-e", "left_id=1,right_id=11")
    assert_refused(
        built_zoo.run(*look_up, "--namespace", "zoo:prod", url=url), 7, "zoo:prod:catalog: expected a catalog"
    )
    assert_refused(built_zoo.run(*look_up, url=f"sqlite://{tmp_path}/none.db"), 7, "Hint: Run featurectl sync-online")


def test_a_late_tick_is_no_excuse(built_zoo, url):
    """The premise of this file: an hour later the same sync does change the store."""
    before = contents(url)
    assert built_zoo.sync(BASE + HOUR + TICK, url=url).exit_code == 0
    assert contents(url) != before


def test_outside_a_project_the_error_names_the_folder(built_zoo, tmp_path):
    bare = Zoo(tmp_path)
    assert_refused(bare.run("sync-online"), 4, "expected a folder with dbt_project.yml")
    shutil.copy(built_zoo.project_dir / "dbt_project.yml", tmp_path)
    assert_refused(bare.run("sync-online"), 4, r"manifest\.json: expected dbt's manifest, got no such file")
