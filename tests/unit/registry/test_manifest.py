"""Claims about reading manifest.json: what is tolerated, and how each unusable file is named."""

from __future__ import annotations

import json

import pytest

from featurectl.errors import ProjectError
from featurectl.manifest import Relation, read_manifest, require_compiled

V12 = "https://schemas.getdbt.com/dbt/manifest/v12.json"


def failure(path):
    with pytest.raises(ProjectError) as caught:
        read_manifest(path)
    assert caught.value.exit_code == 4
    return str(caught.value).removeprefix(f"{path}: "), caught.value.hint


def test_an_absent_manifest_says_to_run_dbt_parse(tmp_path):
    assert failure(tmp_path / "manifest.json") == (
        "expected dbt's manifest, got no such file",
        "Run `dbt parse` (or `dbt build`) in the project first.",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "expected JSON, got an empty file"),
        (b'{"metadata": {"dbt_sch', "expected JSON, got an end at byte 22, in the middle of a value"),
        (b'{"metadata": {"x": 1.', "expected JSON, got an end at byte 21, in the middle of a value"),
        (b'{"metadata": oops}', "expected JSON, got something else at byte 13"),
        (b"[]", "expected a dbt manifest, got JSON without `metadata.dbt_schema_version`"),
        (b"{}", "expected a dbt manifest, got JSON without `metadata.dbt_schema_version`"),
        (
            b'{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"}, "nodes": {}}',
            "expected a dbt manifest, got 'https://schemas.getdbt.com/dbt/catalog/v1.json'",
        ),
        (
            V12.replace("v12", "v11").join(('{"metadata": {"dbt_schema_version": "', '"}, "nodes": []}')).encode(),
            "expected manifest schema v12, got v11",
        ),
        (
            V12.join(('{"metadata": {"dbt_schema_version": "', '"}, "nodes": []}')).encode(),
            "expected a dbt manifest of schema v12, got Expected `object`, got `array` - at `$.nodes`",
        ),
    ],
)
def test_an_unusable_manifest_is_one_clear_error(tmp_path, text, message):
    path = tmp_path / "manifest.json"
    path.write_bytes(text)
    assert failure(path)[0] == message


def test_a_real_manifest_cut_anywhere_says_at_which_byte_it_ends(tmp_path, shop):
    whole = (shop / "target" / "manifest.json").read_bytes()
    path = tmp_path / "manifest.json"
    for length in range(1, len(whole), len(whole) // 50):
        path.write_bytes(whole[:length])
        message, hint = failure(path)
        assert message == f"expected JSON, got an end at byte {length}, in the middle of a value"
        assert hint == "Was dbt stopped while it wrote? Run `dbt parse` again."


def test_unknown_fields_and_absent_optional_ones_are_tolerated(tmp_path):
    path = tmp_path / "manifest.json"
    node = {
        "unique_id": "model.shop.a", "name": "a", "resource_type": "model", "package_name": "shop",
        "original_file_path": "a.sql", "from_the_future": {"x": [1]}, "config": {"meta": None, "anew": 1},
    }  # fmt: skip
    path.write_text(json.dumps({"metadata": {"dbt_schema_version": V12, "x": 1}, "nodes": {"a": node}, "y": 2}))
    assert read_manifest(path).nodes["a"].relation == Relation(None, "", "a")


def test_the_relation_is_built_from_database_schema_and_alias(shop_manifest):
    node = shop_manifest.nodes["model.shop.customer_orders.v2"]
    assert node.relation == Relation("shop", "main", "customer_orders_v2")
    assert str(node.relation) == "shop.main.customer_orders_v2"


def test_a_manifest_of_dbt_parse_has_no_compiled_code_and_the_first_node_without_is_named(shop_manifest):
    with pytest.raises(ProjectError) as caught:
        require_compiled(shop_manifest, ["model.shop.stock_levels", "model.shop.customer_orders.v1"])
    assert str(caught.value) == (
        "models/stock_levels.sql: stock_levels: expected compiled code in the manifest, got none"
    )
    assert "run `dbt build`" in caught.value.hint


def test_a_compiled_node_passes(declared):
    declared.model("a", compiled_code="select 1")
    require_compiled(declared.manifest(), ["model.shop.a"])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2027-01-31", "2027-01-31"),
        ("2027-01-31T00:00:00+00:00", "2027-01-31"),
        ("2027-01-31T00:00:00-05:00", "2027-01-31"),
        ("2027-01-31 00:00:00.000000", "2027-01-31"),
        ("2027-01-31T12:30:00+00:00", "2027-01-31T12:30:00+00:00"),
        (None, None),
    ],
)
def test_a_deprecation_date_is_the_day_written_whatever_zone_dbt_ran_in(declared, written, read):
    declared.model("a", deprecation_date=written)
    assert declared.manifest().nodes["model.shop.a"].deprecated_from == read
