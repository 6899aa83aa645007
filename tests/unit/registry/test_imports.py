"""Claim: reading the registry loads no dbt, no database driver, no store and no SQL parser."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("dbt", "duckdb", "psycopg", "redis", "sqlglot", "numpy", "pyarrow", "yaml", "jinja2")


@pytest.mark.parametrize(
    "module", ["featurectl.build", "featurectl.references", "featurectl.cli", "featurectl.cli.listing"]
)
def test_reading_the_registry_is_light(module):
    code = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
