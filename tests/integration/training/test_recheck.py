"""A training set says what made it, and whether it can be made again."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import defaultdict

import duckdb
import polars as pl
import pytest
from mill import SPINE, Mill
from pyarrow import parquet

ARGUMENTS = ("--spine", "labels.parquet", "--event-timestamp", "seen_at", "--features", "readings:*")


@pytest.fixture(scope="module")
def written(mill, tmp_path_factory) -> Mill:
    """A mill in a git repository with labels.parquet and, made of it, train.parquet; all in one folder."""
    own = mill.copy_to(tmp_path_factory.mktemp("written"))
    with duckdb.connect(str(own.duckdb_path), read_only=True) as warehouse:
        warehouse.execute(f"copy labels to '{own.folder}/labels.parquet'")
    (own.folder / ".gitignore").write_text("*\n!models/\n!models/*\n")
    git(own, "init", "--quiet")
    commit(own, "begin")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(own.folder)
        done = own.cli(*ARGUMENTS, "--out", own.folder / "train.parquet", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"path": str(own.folder / "train.parquet"), **record(own)}
    return own


@pytest.fixture
def own_written(written, tmp_path) -> Mill:
    return written.copy_to(tmp_path)


def test_the_record_says_what_made_the_training_set(written):
    made = record(written)
    manifest = json.loads((written.folder / "target" / "manifest.json").read_text())["metadata"]
    table = parquet.read_table(written.folder / "train.parquet")

    assert made["project"] == "mill"
    assert made["target"] == "dev"
    assert made["git_commit"] == git(written, "rev-parse", "HEAD")
    assert made["dbt"]["invocation_id"] == manifest["invocation_id"]
    assert made["dbt"]["generated_at"] == manifest["generated_at"]
    assert (made["spine"]["kind"], made["spine"]["value"]) == ("file", "labels.parquet")
    assert [feature["reference"] for feature in made["features"]] == [
        "readings:level",
        "readings:note",
        "readings:price",
    ]
    assert [(view["name"], view["version"]) for view in made["views"]] == [("readings", 0)]
    assert len(made["views"][0]["schema_id"]) == 8
    assert (made["event_timestamp"], made["known_at_cutoff"]) == ("seen_at", True)
    assert made["row_count"] == table.num_rows == 9
    assert [name for name, _ in made["columns"]] == table.column_names


def test_the_same_command_makes_the_same_content(written):
    """Unchanged, it can be rebuilt identically; nothing is written for it."""
    before = sorted(written.folder.iterdir())
    done = written.cli("--check", written.folder / "train.parquet")
    assert (done.exit_code, done.stdout) == (0, f"{written.folder}/train.parquet: can be rebuilt identically\n")
    assert sorted(written.folder.iterdir()) == before


def change_a_feature(own: Mill) -> None:
    with duckdb.connect(str(own.duckdb_path)) as warehouse:
        warehouse.execute("update readings set level = 11 where level = 10")


def change_the_spine(own: Mill) -> None:
    with duckdb.connect() as connection:
        path = own.folder / "labels.parquet"
        connection.execute(f"create table t as select * replace (weight + 1 as weight) from '{path}'")
        connection.execute(f"copy t to '{path}'")


def remove_the_spine(own: Mill) -> None:
    (own.folder / "labels.parquet").unlink()


def change_the_file(own: Mill) -> None:
    path = own.folder / "train.parquet"
    table = parquet.read_table(path)
    parquet.write_table(table.slice(0, 8), path)


def change_the_schema(own: Mill) -> None:
    yaml, sql = own.folder / "models" / "mill.yml", own.folder / "models" / "readings.sql"
    yaml.write_text(
        yaml.read_text().replace("{name: note, data_type: varchar}", "{name: remark_text, data_type: varchar}")
    )
    sql.write_text(sql.read_text().replace("as note,", "as remark_text,", 1))
    own.dbt("build", "--select", "readings", "--quiet")


def change_the_macro(own: Mill) -> None:
    """The same rows by other SQL: harmless, but said."""
    macro = own.folder / "dbt_packages" / "featurectl" / "macros" / "point_in_time_join.sql"
    macro.write_text(macro.read_text().replace(") as training_set", ") as joined_rows"))


def commit_something(own: Mill) -> None:
    commit(own, "change nothing")


@pytest.mark.parametrize(
    ("change", "named", "exit_code"),
    [
        (change_a_feature, {"rows"}, 1),
        (change_the_spine, {"spine", "rows"}, 1),
        (remove_the_spine, {"spine"}, 1),
        (change_the_file, {"file"}, 1),
        (change_the_schema, {"schema"}, 1),
        (change_the_macro, {"code"}, 0),
        (commit_something, {"code"}, 0),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_check_names_what_differs(own_written, change, named, exit_code):
    """Exit 1 when the rebuilt rows would not be those of the file; a difference without consequence is only named."""
    change(own_written)

    done = own_written.cli("--check", own_written.folder / "train.parquet", "--json")

    assert done.exit_code == exit_code, done.output
    outcome = json.loads(done.stdout)
    assert {difference["what"] for difference in outcome["differences"]} == named
    assert outcome["is_identical"] == (exit_code == 0)


def test_a_training_set_of_a_table_in_memory_is_rechecked_from_its_own_columns(own_written):
    with duckdb.connect(str(own_written.duckdb_path), read_only=True) as warehouse:
        frame = pl.from_arrow(warehouse.sql("select * from labels").to_arrow_table())
    path = own_written.folder / "of_a_frame.parquet"
    made = own_written.project.get_historical_features(spine=frame, **SPINE).to_parquet(path)

    assert made.spine.value is None
    assert made.content_hash == record(own_written)["content_hash"]
    assert own_written.cli("--check", path).exit_code == 0


def test_splits_are_columns_made_by_the_macros(own_written, monkeypatch):
    """By entity: no entity in two splits. By time: nothing within the embargo."""
    monkeypatch.chdir(own_written.folder)
    by_entity = own_written.cli(
        *ARGUMENTS, "--out", "entity.csv", "--split", "train=0.5,test=0.5", "--split-by", "sensor_id"
    )
    by_time = own_written.cli(*ARGUMENTS, "--out", "time.parquet", "--split-at", "2024-01-04", "--embargo", "2d")
    assert (by_entity.exit_code, by_time.exit_code) == (0, 0), by_entity.output + by_time.output

    splits = defaultdict(set)
    for row in pl.read_csv("entity.csv").iter_rows(named=True):
        splits[row["sensor_id"]].add(row["split"])
    assert {len(found) for found in splits.values()} == {1}
    assert splits[None] == {None}
    by_label = {row["label_id"]: row["split"] for row in parquet.read_table("time.parquet").to_pylist()}
    assert by_label == {1: "train", 2: "train", 3: None, 4: "test", 5: "test", 6: "test", 7: "train", 8: None}
    assert record(own_written, "time.parquet")["split"] == {
        "boundaries": ["2024-01-04"],
        "embargo": {"count": 2, "period": "day"},
    }


def test_a_training_set_that_fails_leaves_the_old_one(own_written):
    """The file is replaced when all is written, its record with it."""
    path = own_written.folder / "train.parquet"
    before = path.read_bytes(), record(own_written)
    with duckdb.connect(str(own_written.duckdb_path)) as warehouse:
        warehouse.execute("drop table readings")

    done = own_written.cli("--spine", "labels", *ARGUMENTS[2:], "--out", path)

    assert done.exit_code == 6
    assert "Run `dbt build`" in done.stderr
    assert (path.read_bytes(), record(own_written)) == before
    assert not list(own_written.folder.glob("*.part"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (ARGUMENTS, "Missing option '--out'"),
        ((*ARGUMENTS[:4], "--out", "a.parquet"), "either --features or --service"),
        ((*ARGUMENTS, "--out", "a.parquet", "--split", "train=1"), "--split and --split-by together"),
        ((*ARGUMENTS, "--out", "a.parquet", "--embargo", "7d"), "--embargo goes with --split-at"),
        ((*ARGUMENTS, "--out", "a.parquet", "--join-key", "sensor_id"), "expected KEY=COLUMN, got 'sensor_id'"),
        ((*ARGUMENTS, "--out", "a.parquet", "--split-at", "2024-01-01", "--embargo", "7x"), "got '7x'"),
        (("--spine", "labels", *ARGUMENTS[2:], "--out", "a.txt"), "a.txt: expected a file name in .parquet or .csv"),
        (("--check", "a.parquet", "--spine", "labels"), "--check takes everything from the record"),
        (("--check", "absent.parquet"), "absent.parquet: expected a training set, got no such file"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_is_right(mill, arguments, message):
    done = mill.cli(*arguments)
    assert done.exit_code == 2, done.output
    assert message in done.stderr


def record(own: Mill, name: str = "train.parquet") -> dict[str, object]:
    return json.loads((own.folder / f"{name}.meta.json").read_text())


def git(own: Mill, *arguments: str) -> str:
    command = [shutil.which("git"), "-c", "user.name=Miller", "-c", "user.email=miller@example.com", *arguments]
    return subprocess.run(command, cwd=own.folder, check=True, capture_output=True, text=True).stdout.strip()


def commit(own: Mill, message: str) -> None:
    git(own, "add", "--all")
    git(own, "commit", "--quiet", "--allow-empty", "--message", message)
