"""docs/contracts.md lists the keys that the commands print, and shows golden bytes."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from featurectl.inspection.differences import Difference, Verification
from featurectl.inspection.status import ServiceStatus, ViewStatus
from featurectl.online.removal import Removal
from featurectl.online.report import ViewReport
from featurectl.search import _POINTS
from featurectl.training.provenance import Provenance

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "contracts.md").read_text()
DISCOVERY = (ROOT / "docs" / "discovery.md").read_text()
GOLDEN = json.loads((ROOT / "tests" / "golden" / "wire_format.json").read_text())
KEYS = {
    row[0].replace("`", ""): re.findall(r"`(\w+)`", row[2])
    for row in re.findall(r"^\| (.+?) \| (.+?) \| (.+) \|$", PAGE.partition("## JSON")[2], re.MULTILINE)
}


@pytest.mark.parametrize("kind", ["view", "feature", "entity", "service", "training-set"])
def test_list_prints_the_keys_of_the_page(run, kind):
    row = json.loads(run("list", "--type", kind, "--json").stdout)[0]
    assert list(row) == KEYS["list" if kind == "view" else f"list --type {kind}"]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("customer_orders", "a view"),
        ("customer_orders:orders_count_7d", "a feature"),
        ("churn_training", "a training set"),
        ("churn_model", "a service"),
        ("customer", "an entity"),
    ],
)
def test_describe_prints_the_keys_of_the_page(run, name, what):
    assert list(json.loads(run("describe", name, "--json").stdout)) == KEYS[f"describe {what}"]


def test_search_prints_the_keys_of_the_page(run):
    assert list(json.loads(run("search", "stock", "--json").stdout)[0]) == KEYS["search"]


def test_check_prints_the_keys_of_the_page(run):
    assert list(json.loads(run("check", "--json").stdout)[0]) == KEYS["check"]


def test_plan_prints_the_keys_of_the_page(run, shop):
    assert list(json.loads(run("plan", "--against", str(shop / "target"), "--json").stdout)) == KEYS["plan"]


def test_lineage_prints_the_keys_of_the_page(run, shop, tmp_path):
    folder = shutil.copytree(shop, tmp_path / "compiled")
    path = folder / "target" / "manifest.json"
    manifest = json.loads(path.read_text())
    for node in manifest["nodes"].values():
        node["compiled_code"] = "select 1 as units_in_stock"
    path.write_text(json.dumps(manifest))
    result = run("lineage", "stock_levels:units_in_stock", "--json", folder=folder)
    assert list(json.loads(result.stdout)) == KEYS["lineage"]


def test_the_record_of_a_training_set_has_the_keys_of_the_page():
    assert KEYS["training-set"] == ["path", *Provenance.__struct_fields__]


def test_reports_have_the_keys_of_the_page():
    def names(kind):
        return {field.name for field in fields(kind)}

    assert set(KEYS["sync-online"]) == names(ViewReport) - {"watermark_us", "rows_expected"} | {"watermark"}
    of_views = names(ViewStatus) - {"watermark_us", "warehouse_us"} | {
        "watermark",
        "newest_row",
        "lag_seconds",
        "is_stale",
    }
    assert set(KEYS["status"]) == of_views | names(ServiceStatus)
    of_verify = names(Verification) - {"watermark_us"} | {"watermark", "succeeded"}
    assert set(KEYS["verify"]) == of_verify | names(Difference)
    assert set(KEYS["erase, gc"]) >= names(Removal)


def test_the_bytes_shown_are_golden():
    shown = re.findall(r"^    (\S+)$", PAGE, re.MULTILINE)
    assert shown == [GOLDEN["row_key"], GOLDEN["tombstone"]]


def test_the_ranking_on_the_page_is_that_of_the_code():
    table = re.findall(r"^\| [^|]+ \| (\d+) \|$", DISCOVERY, re.MULTILINE)
    assert sorted(map(int, table)) == sorted(set(_POINTS.values()))
