"""Which dbt command a manifest is of."""

from __future__ import annotations

import json

import pytest

from featurectl.artifacts.run_results import read_run_results
from featurectl.registry import Registry
from featurectl.warehouse.guard import is_of_last_run

REGISTRY = Registry("shop", "duckdb", "2026-06-01T00:00:00Z", "run-2", "1.11", (), (), (), ())


@pytest.mark.parametrize(("invocation_id", "expected"), [("run-2", True), ("run-1", False)])
def test_a_manifest_is_of_the_last_run_where_both_files_name_one_invocation(tmp_path, invocation_id, expected):
    """A test after the build writes both anew, compiling no model; a parse leaves the older results."""
    path = tmp_path / "run_results.json"
    path.write_text(json.dumps({"metadata": {"invocation_id": invocation_id}, "args": {}}))
    assert is_of_last_run(REGISTRY, read_run_results(path)) is expected


def test_without_run_results_it_is_of_none(tmp_path):
    assert not is_of_last_run(REGISTRY, read_run_results(tmp_path / "run_results.json"))
