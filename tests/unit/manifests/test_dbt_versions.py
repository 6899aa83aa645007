"""One project, parsed by each of dbt's versions, is one registry."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from featurectl.build import inspect, read_registry
from featurectl.manifest import Relation, read_manifest

HERE = Path(__file__).parent
FIXTURES = {"1.11": "dbt_1.11.json", "1.12": "dbt_1.12.json", "2": "dbt_2.json"}


@pytest.fixture(scope="module", params=sorted(FIXTURES))
def fixture(request):
    return HERE / FIXTURES[request.param]


@pytest.fixture(scope="module")
def registry(fixture):
    return read_registry(read_manifest(fixture))


def comparable(registry):
    """Without what says which dbt wrote it, and when; the one view whose column order dbt 2 keeps, sorted."""
    views = tuple(
        replace(
            view,
            columns=tuple(sorted(view.columns, key=lambda column: column.name)),
            features=tuple(sorted(view.features, key=lambda column: column.name)),
        )
        if view.reference_name == "guest_visits@v2"
        else view
        for view in registry.views
    )
    return replace(registry, generated_at="", invocation_id="", dbt_version="", views=views)


@pytest.mark.parametrize("version", ["1.12", "2"])
def test_the_registry_of_a_version_is_that_of_1_11(version):
    registries = [read_registry(read_manifest(HERE / FIXTURES[each])) for each in ("1.11", version)]
    assert registries[0].dbt_version != registries[1].dbt_version
    assert comparable(registries[0]) == comparable(registries[1])


def test_what_was_declared_is_there(registry):
    """Every field of a view that YAML says or leaves out, whichever dbt parsed it."""
    first, second, shelf = registry.views
    assert [view.reference_name for view in registry.views] == ["guest_visits@v1", "guest_visits@v2", "loaves_left"]
    assert (first.is_latest, second.is_latest, shelf.is_latest) == (True, False, True)
    assert [column.name for column in first.columns] == [
        "guest_id", "paid_at", "booked_at", "visits_count_7d", "spent_sum_7d",
    ]  # fmt: skip
    assert [column.data_type for column in first.features] == ["bigint", "decimal(10, 2)"]
    assert first.features[0].description == "Visits in the seven days before."
    assert (first.owner, first.access, first.tags, first.deprecation_date) == (
        "counter", "public", ("feature",), "2027-01-31",
    )  # fmt: skip
    assert (first.ttl_seconds, first.defaults, first.freshness.warn_after_seconds) == (
        604800, {"visits_count_7d": 0}, 21600,
    )  # fmt: skip
    assert first.relation == Relation("bakery", "main", "guest_visits_v1")
    assert first.depends_on == ("model.bakery.stg_receipts",)
    assert {column.name for column in second.features} == {"visits_count_7d", "tips_sum_7d"}
    assert (shelf.online, shelf.materialized, shelf.owner, shelf.deprecation_date) == (False, "view", None, None)
    assert [key.name for key in shelf.join_keys] == ["shop", "loaf"]
    (training_set,) = registry.training_sets
    assert training_set.spines == ("model.bakery.stg_receipts",)
    assert [(each.name, each.owner, each.training_set) for each in registry.services] == [
        ("return_model", "Ada", "return_training"),
        ("shelf_model", "bob@example.com", None),
    ]


def test_what_is_warned_of_is_the_same(fixture):
    """Tests, access and dates are read alike."""
    expected = [str(finding) for finding in inspect(read_manifest(HERE / FIXTURES["1.11"]))[1]]
    assert [str(finding) for finding in inspect(read_manifest(fixture))[1]] == expected


def test_the_order_of_columns_is_that_of_the_dbt_that_builds_the_table():
    """Fusion keeps a version's own columns where they are written; dbt-core puts those included first."""
    orders = {
        version: [column.name for column in read_registry(read_manifest(HERE / name)).views[1].features]
        for version, name in FIXTURES.items()
    }
    core, fusion = ["visits_count_7d", "tips_sum_7d"], ["tips_sum_7d", "visits_count_7d"]
    assert orders == {"1.11": core, "1.12": core, "2": fusion}


def test_dbt_2_leaks_a_models_meta_into_its_columns_and_nothing_reads_it_there():
    manifest = json.loads((HERE / FIXTURES["2"]).read_text())
    column = manifest["nodes"]["model.bakery.guest_visits.v1"]["columns"]["guest_id"]
    assert column["meta"]["feature_view"]["entity"] == "guest"
    assert "feature_view" not in column["config"].get("meta", {})


def test_every_fixture_is_small_and_of_the_version_it_names():
    for version, name in FIXTURES.items():
        text = (HERE / name).read_bytes()
        assert len(text) < 50_000
        assert json.loads(text)["metadata"]["dbt_version"].startswith(version)
