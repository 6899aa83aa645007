"""What `sync-online` shows, writes for schedulers and refuses, as a person or a job calls it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from refusals import assert_refused
from stored import contents
from zoo import BASE, VALUES

VIEWS = ["accounts", "days", "pairs"]


def test_a_dry_run_says_what_would_be(built_zoo, sqlite_url):
    dry = built_zoo.sync(BASE, "--dry-run", url=sqlite_url, select="pairs")
    assert re.match(r"ok pairs: (\d+) of \1 rows would be written, ", dry.stdout)


def test_a_metrics_file_for_prometheus_tells_each_view_and_its_failure(built_zoo, sqlite_url, tmp_path):
    """Written whole or not at all, and after a failure too."""
    path = tmp_path / "sync.prom"
    done = built_zoo.sync(BASE, "--metrics-file", str(path), url=sqlite_url, select="tag:healthy misfits")
    assert done.exit_code == 8
    samples = dict(re.findall(r"^(featurectl_sync_\w+\{[^}]*\}) (\S+)$", path.read_text(), re.MULTILINE))

    def of(metric, view):
        return samples[f'featurectl_sync_{metric}{{namespace="zoo:dev",view="{view}"}}']

    assert [of("success", view) for view in (*VIEWS, "misfits")] == ["1", "1", "1", "0"]
    assert int(of("rows_written", "pairs")) > 0
    assert int(of("rows_rejected", "misfits")) > 0
    assert datetime.fromtimestamp(float(of("watermark_timestamp_seconds", "pairs")), UTC).year == 2024
    assert [path.name for path in tmp_path.iterdir() if "prom" in path.name] == ["sync.prom"]
    refused = built_zoo.sync(BASE, "--metrics-file", str(tmp_path / "none" / "x.prom"), url=sqlite_url)
    assert refused.exit_code == 1
    assert "--metrics-file: expected a file that can be written" in refused.stderr


def test_results_of_a_command_that_built_nothing_are_told_of_once_a_run_and_in_each_views_json(zoo, sqlite_url):
    """A failed test is no longer to be seen in them: the view is published, and somebody has to know."""
    path = zoo.project_dir / "target" / "run_results.json"
    results = json.loads(path.read_text())
    path.write_text(json.dumps({**results, "args": {**results["args"], "which": "compile"}}))
    done = zoo.sync(BASE, "--json", url=sqlite_url)
    assert done.exit_code == 0, done.output
    (warning,) = [line for line in done.stderr.splitlines() if "run_results.json is of `dbt compile`: " in line]
    assert warning.endswith("whether what is built is of this manifest is not known; run `dbt build`")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [[f"Warning: {text}" for text in line["warnings"]] for line in lines] == [[warning]] * len(VIEWS)


def test_a_store_that_is_not_there_is_a_failure_of_every_view_in_the_metrics_file(built_zoo, tmp_path):
    """The file of the run before would go on saying that all is well."""
    path = tmp_path / "sync.prom"
    path.write_text('featurectl_sync_success{namespace="zoo:dev",view="pairs"} 1\n')
    done = built_zoo.sync(BASE, "--metrics-file", str(path), url="redis://127.0.0.1:1/0")
    assert done.exit_code == 7
    told = dict(
        re.findall(
            r'^featurectl_sync_success\{namespace="zoo:dev",view="(\w+)"\} (\d)$', path.read_text(), re.MULTILINE
        )
    )
    assert told == dict.fromkeys(VIEWS, "0")


def test_several_threads_write_what_one_writes(built_zoo, store_url, tmp_path):
    """In the order of the views, and a view that fails stops no other."""
    alone = f"sqlite://{tmp_path}/alone.db"
    select = "tag:healthy misfits"
    one = built_zoo.sync(BASE, "--json", url=alone, select=select)
    several = built_zoo.sync(BASE, "--json", "--threads", "4", url=store_url, select=select)
    assert (one.exit_code, several.exit_code) == (8, 8)

    def told(result):
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        return [{**line, "seconds": 0, "problems": len(line["problems"])} for line in lines]

    assert told(several) == told(one)

    def rows(url):
        texts = {str(key.decode() if isinstance(key, bytes) else key): value for key, value in contents(url).items()}
        return {key: value for key, value in texts.items() if "@0:{" in key}

    assert rows(store_url) == rows(alone)
    assert len(rows(alone)) > len(VALUES)


def feed_days_by_pairs(manifest):
    """As if one view were made of another; the zoo's are all made of sources."""
    manifest["nodes"]["model.zoo.days"]["depends_on"]["nodes"].append("model.zoo.pairs")


@pytest.fixture(scope="module")
def fed_zoo(built_zoo, tmp_path_factory):
    """The zoo with one view made of another; no test changes it."""
    fed = built_zoo.copy_to(tmp_path_factory.mktemp("fed"))
    fed.edit_manifest(feed_days_by_pairs)
    return fed


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--select", "pairs"], "pairs"),
        (["--select", "pairs+"], "days pairs"),
        (["--select", "+days"], "days pairs"),
        (["--select", "+pairs"], "pairs"),
        (["--select", "source:raw.raw_pairs+1"], "pairs"),
        (["--select", "+zoo_model"], "accounts days pairs"),
        (["--select", "tag:healthy"], "accounts days pairs"),
        (["--select", "tag:healthy,pairs+"], "days pairs"),
        (["--select", "accounts", "--select", "+days"], "accounts days pairs"),
        (["--select", "tag:healthy", "--exclude", "+days"], "accounts"),
        (["--select", "+days", "--exclude", "tag:healthy"], ""),
    ],
)
def test_views_are_selected_as_dbt_selects_them(fed_zoo, sqlite_url, arguments, expected):
    """By tag, and with what feeds them or is made of them."""
    dry = fed_zoo.run("sync-online", "--as-of", BASE.isoformat(), "--dry-run", "--json", *arguments, url=sqlite_url)
    assert dry.exit_code == 0, dry.output
    assert [json.loads(line)["view"] for line in dry.stdout.splitlines()] == expected.split()


def edit_run_results(zoo, edit):
    path = zoo.manifest_path.with_name("run_results.json")
    run = json.loads(path.read_text())
    edit(run)
    path.write_text(json.dumps(run))


def fail_pairs(run):
    (result,) = [result for result in run["results"] if result["unique_id"] == "model.zoo.pairs"]
    result["status"] = "error"


def refused_for_pairs_alone(zoo, url):
    """What a sync says that publishes the other views, exits 8, and publishes pairs once it is forced."""
    refused = zoo.sync(BASE, url=url)
    assert refused.exit_code == 8
    assert "1 of 3 views were not (wholly) published" in refused.stderr
    assert "--force" in refused.stderr
    keys = {str(key) for key in contents(url)}
    assert not any(":pairs@0:" in key for key in keys)
    assert any(":days@0:" in key for key in keys)
    assert zoo.sync(BASE, "--force", url=url).exit_code == 0
    assert any(":pairs@0:" in str(key) for key in contents(url))
    return refused


def test_a_view_whose_build_failed_is_not_published_unless_forced(zoo, sqlite_url):
    """The others are; the exit status and the message say so."""
    edit_run_results(zoo, fail_pairs)
    refused = refused_for_pairs_alone(zoo, sqlite_url)
    assert "pairs: expected a build that succeeded, got 'error'" in refused.stderr


def limit_pairs(manifest):
    block = manifest["nodes"]["model.zoo.pairs"]["config"]["meta"]["feature_view"]
    block["freshness"] = {"error_after": {"count": 1, "period": "day"}}


def build_all_two_days_ago(run):
    at = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    for result in run["results"]:
        for timing in result["timing"]:
            timing["completed_at"] = at


def test_a_view_whose_build_is_older_than_its_limit_is_not_published_unless_forced(zoo, sqlite_url):
    """A view as old that sets no limit is; the exit status and the message say so."""
    zoo.edit_manifest(limit_pairs)
    assert zoo.sync(BASE, "--dry-run", url=sqlite_url).exit_code == 0, "built a moment ago"
    edit_run_results(zoo, build_all_two_days_ago)
    refused = refused_for_pairs_alone(zoo, sqlite_url)
    said = r"pairs: expected a build of the last 86400 s \(freshness\.error_after\), got one of \d{6} s ago"
    assert re.search(said, refused.stderr)


@pytest.mark.parametrize("store", ["sqlite:///{}/.featurectl/online.db", "sqlite:{}/.featurectl/online.db"])
def test_a_dry_run_makes_no_store(built_zoo, tmp_path, store):
    url = store.format(str(tmp_path).lstrip("/") if store.startswith("sqlite:///") else tmp_path)
    dry = built_zoo.sync(BASE, "--dry-run", "--json", url=url)
    assert dry.exit_code == 0
    assert not (tmp_path / ".featurectl").exists()
    would = {line["view"]: line["written"] for line in map(json.loads, dry.stdout.splitlines())}
    assert built_zoo.sync(BASE, "--json", url=url).exit_code == 0
    wrote = {
        line["view"]: line["written"]
        for line in map(json.loads, built_zoo.sync(BASE, "--json", url=url).stdout.splitlines())
    }
    assert would == wrote


def test_a_store_in_a_folder_that_is_not_there_is_refused_and_the_folder_not_made(built_zoo, tmp_path):
    """A path mistyped, most likely; only a project's own .featurectl is made."""
    for folder in ("none", "none/.featurectl"):
        refused = built_zoo.sync(BASE, url=f"sqlite://{tmp_path}/{folder}/online.db")
        assert_refused(
            refused, 7, f"{tmp_path}/{folder}/online.db: expected a folder", f"Make {tmp_path}/{folder}, or "
        )
    assert not (tmp_path / "none").exists()
