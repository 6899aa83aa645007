"""What a person sees while `sync-online` runs, and what a job gets instead."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from terminal import Terminal
from zoo import BASE

VIEWS = ["accounts", "days", "pairs"]


def command(zoo, url, *options, select="tag:healthy"):
    folder = str(zoo.project_dir)
    return [
        *(sys.executable, "-c", "from featurectl.cli import main; main()", "sync-online", *options),
        *("--as-of", BASE.isoformat(), "--select", select, "--online-store", url),
        *("--project-dir", folder, "--profiles-dir", folder),
    ]


def test_a_terminal_sees_each_view_as_it_goes_and_nothing_of_it_in_the_end(built_zoo, sqlite_url):
    """Progress is on stderr; stdout has one line a view all the same."""
    terminal = Terminal()
    code, printed = terminal.run(command(built_zoo, sqlite_url), stdout=subprocess.PIPE)
    assert code == 0, terminal.written
    for view in VIEWS:
        assert re.search(rf"\r{view} [━─ \d%]*\d rows", terminal.written), terminal.written
    assert terminal.last() == ["service zoo_model is online"]
    assert [json.loads(line)["view"] for line in printed.splitlines()] == VIEWS, "a program reads stdout"


def test_a_view_has_its_result_as_soon_as_it_is_done_in_the_place_of_its_progress(built_zoo, sqlite_url):
    """Not when all are: a job that is killed has said what it did."""
    terminal = Terminal(columns=160)
    code, _ = terminal.run(command(built_zoo, sqlite_url))
    assert code == 0, terminal.written
    said = [re.search(rf"ok(\x1b\[0m)? {view}: ", terminal.written).start() for view in VIEWS]
    begun = [re.search(rf"\r{view}  ", terminal.written).start() for view in VIEWS]
    assert begun[0] < said[0] < begun[1] < said[1] < begun[2] < said[2]
    *results, service = terminal.last()
    assert [line.split(":")[0] for line in results] == [f"ok {view}" for view in VIEWS]
    assert service == "service zoo_model is online"


def test_several_views_at_a_time_and_one_that_fails_leave_results_and_the_error_alone(built_zoo, sqlite_url):
    terminal = Terminal(columns=300)
    code, _ = terminal.run(command(built_zoo, sqlite_url, "--threads", "4", select="tag:healthy misfits"))
    assert code == 8, terminal.written
    lines = terminal.last()
    assert [line.split(":")[0] for line in lines[:5]] == [
        *("ok accounts", "ok days", "failed misfits", "ok pairs"),
        "service zoo_model is online",
    ]
    assert lines[5] == "Error: 1 of 4 views were not (wholly) published:"


def test_a_job_gets_one_json_line_a_view_and_no_progress(built_zoo, sqlite_url):
    done = subprocess.run(command(built_zoo, sqlite_url), capture_output=True, text=True, check=True)
    assert done.stderr == "service zoo_model is online\n"
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["view"] for line in lines] == VIEWS
    for line in lines:
        assert line["rows_read"] == line["written"] > 0
        assert line["bytes"] > 21 * line["written"], "a header each"
        assert {"skipped_older", "deleted", "seconds", "watermark"} <= line.keys()
        assert line["watermark"].startswith("2024-03-10T")
