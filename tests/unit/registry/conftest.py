"""A real project parsed by dbt, and small manifests with one thing changed."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from featurectl.build import inspect
from featurectl.checking.check import Asked, check_project
from featurectl.manifest import read_manifest

PROJECT = Path(__file__).parent / "project"

METADATA = {
    "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
    "project_name": "shop",
    "adapter_type": "duckdb",
}
COLUMNS = {
    "customer_id": "bigint",
    "ordered_at": "timestamp",
    "loaded_at": "timestamp",
    "is_deleted": "boolean",
    "orders_count_7d": "bigint",
    "n_raw_rows": "bigint",
}
BLOCK = {"entity": "customer", "join_keys": ["customer_id"]}
ABSENT = "(absent)"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    """The folder of the shop project after `dbt parse`."""
    folder = tmp_path_factory.mktemp("registry") / "shop"
    shutil.copytree(PROJECT, folder)
    parse = "from dbt.cli.main import cli; cli()"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
    subprocess.run(
        [sys.executable, "-c", parse, "--quiet", "parse", "--profiles-dir", "."],
        cwd=folder, env=environment, check=True,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="session")
def shop_manifest(shop):
    return read_manifest(shop / "target" / "manifest.json")


class Declarations:
    """Writes a manifest from a few declarations and tells what is found in it."""

    def __init__(self, folder):
        self.path = folder / "manifest.json"
        self.nodes = {}
        self.exposures = {}
        self.sources = {}
        self.groups = {}
        self.adapter_type = "duckdb"

    def view(self, name="orders", *, columns=None, config=None, **changes):
        """A well declared feature view; keyword arguments replace parts of its block, ABSENT removes them."""
        block = {**copy.deepcopy(BLOCK), **changes}
        block = {key: value for key, value in block.items() if value != ABSENT}
        return self.model(
            name,
            columns=COLUMNS if columns is None else columns,
            config={
                "event_time": "ordered_at",
                "contract": {"enforced": True},
                "meta": {"feature_view": block},
                **(config or {}),
            },
        )

    def model(self, name, *, columns=None, config=None, parents=(), **fields):
        """A model with the fields given."""
        node = {
            "unique_id": f"model.shop.{name}",
            "name": name,
            "resource_type": "model",
            "package_name": "shop",
            "original_file_path": f"models/{name}.sql",
            "patch_path": f"shop://models/{name}.yml",
            "database": "shop",
            "schema": "main",
            "alias": name,
            "language": "sql",
            "config": {"materialized": "table", **(config or {})},
            "columns": {key: {"name": key, "data_type": value} for key, value in (columns or {}).items()},
            "depends_on": {"nodes": list(parents)},
            **fields,
        }
        self.nodes[node["unique_id"]] = node
        return node

    def training_set(self, features, *, name="training", parents=("model.shop.orders",), config=None, **changes):
        """A model as the macro records it."""
        block = {"event_timestamp": "t", "features": features, "join_keys": {}, "known_at_cutoff": True, **changes}
        return self.model(name, config={"meta": {"training_set": block}, **(config or {})}, parents=parents)

    def service(self, block, *, name="service", parents=("model.shop.training",), **fields):
        """An exposure of type ml with the block."""
        exposure = {
            "unique_id": f"exposure.shop.{name}",
            "name": name,
            "package_name": "shop",
            "original_file_path": "models/services.yml",
            "type": "ml",
            "config": {"meta": {"feature_service": block}},
            "depends_on": {"nodes": list(parents)},
            **fields,
        }
        self.exposures[exposure["unique_id"]] = exposure
        return exposure

    def data_test(self, name, *, of="orders", namespace=None, **kwargs):
        """A generic test of a model."""
        number = len(self.nodes)
        node = self.model(f"{name}_{of}_{number}", resource_type="test", parents=[f"model.shop.{of}"])
        node["test_metadata"] = {"name": name, "namespace": namespace, "kwargs": kwargs}
        node["attached_node"] = f"model.shop.{of}"
        return node

    def group(self, group, **owner):
        """A dbt group with its owner."""
        self.groups[f"group.shop.{group}"] = {"name": group, "owner": owner}

    def manifest(self):
        """The manifest, written and read back."""
        manifest = {
            "metadata": {**METADATA, "adapter_type": self.adapter_type},
            "nodes": self.nodes,
            "sources": self.sources,
            "exposures": self.exposures,
            "groups": self.groups,
        }
        self.path.write_text(json.dumps(manifest))
        return read_manifest(self.path)

    def registry(self):
        """The registry; the findings must be none."""
        registry, findings = inspect(self.manifest())
        assert [str(finding) for finding in findings] == []
        return registry

    def findings(self):
        """Every finding as `severity: line`."""
        return [f"{finding.severity}: {finding}" for finding in inspect(self.manifest())[1]]

    def checked(self, *, as_of=NOW, **asked):
        """What all of check finds, but for SQL that is not compiled here."""
        found = check_project(self.manifest(), Asked(self.path.parent, as_of, **asked)).findings
        return [finding for finding in found if finding.rule != "leakage/not-compiled"]

    def told(self, rule, **asked):
        """The findings of one rule, each as `severity: line`."""
        return [f"{each.severity}: {each}" for each in self.checked(**asked) if each.rule == rule]

    def hints(self):
        """The hint of every finding."""
        return [finding.hint for finding in inspect(self.manifest())[1]]


@pytest.fixture
def declared(tmp_path):
    return Declarations(tmp_path)
