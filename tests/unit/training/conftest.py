"""A registry of one feature view, as dbt's manifest declares it."""

from __future__ import annotations

import json

import pytest

from featurectl.build import read_registry
from featurectl.manifest import read_manifest

COLUMNS = {"airport": "varchar", "hour": "timestamp", "delay": "double", "queue": "bigint"}
MANIFEST = {
    "metadata": {
        "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
        "project_name": "shop",
        "adapter_type": "duckdb",
    },
    "nodes": {
        "model.shop.congestion": {
            "unique_id": "model.shop.congestion",
            "name": "congestion",
            "resource_type": "model",
            "package_name": "shop",
            "original_file_path": "models/congestion.sql",
            "config": {
                "materialized": "table",
                "event_time": "hour",
                "contract": {"enforced": True},
                "meta": {"feature_view": {"entity": "airport", "join_keys": ["airport"]}},
            },
            "columns": {name: {"name": name, "data_type": data_type} for name, data_type in COLUMNS.items()},
        }
    },
}


@pytest.fixture
def manifest(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(MANIFEST))
    return read_manifest(path)


@pytest.fixture
def registry(manifest):
    return read_registry(manifest)
