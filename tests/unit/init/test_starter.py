"""A new project: its names, its files, its data."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from featurectl.errors import ProjectError
from featurectl.init.dbt_package import read_dbt_package
from featurectl.init.starter import Starter, as_name, starter_files

ROOT = Path(__file__).resolve().parents[3]
TODAY = date(2026, 3, 1)


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_every_file_is_filled_in(engine):
    """No bracket of a template is left; every YAML file is YAML; the entity is in names and texts."""
    files = starter_files(Starter("shop", engine, "visitor"), TODAY)

    own = {path: text for path, text in files.items() if not path.startswith("packages/")}
    assert [path for path, text in own.items() if "[[" in text or "[%" in text or "customer" in text] == []
    assert all(yaml.safe_load(text) for path, text in own.items() if path.endswith(".yml"))
    assert "models/feature_views/visitor_activity.sql" in own
    assert ("indexes:" in own["models/feature_views/visitor_profile.yml"]) is (engine == "postgres")
    assert "password: \"{{ env_var('PGPASSWORD', '') }}\"" in own["profiles.yml"] or engine == "duckdb"


def test_the_same_day_gives_the_same_files():
    """There is no random value in them."""
    assert starter_files(Starter("shop"), TODAY) == starter_files(Starter("shop"), TODAY)


def test_the_sample_data_ends_before_the_day_it_is_made():
    """Every instant is past, so the tests of the views pass and a sync has rows; none is recorded before it happened."""
    rows = list(csv.DictReader(starter_files(Starter("shop"), TODAY)["seeds/raw_events.csv"].splitlines()))

    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    times = [[datetime.fromisoformat(row[name] + "Z") for name in ("happened_at", "recorded_at")] for row in rows]
    assert all(happened < recorded < midnight for happened, recorded in times)
    assert len({row["customer_id"] for row in rows}) == 25
    assert [int(row["event_id"]) for row in rows] == list(range(1, len(rows) + 1))


def test_the_macros_are_those_of_the_installation():
    """Byte for byte the files of the checkout, but those of the running example."""
    package = read_dbt_package()
    macros = [path for path in (ROOT / "macros").rglob("*") if path.suffix in {".sql", ".yml"}]

    assert package["packages/featurectl/macros/training_set.sql"] == (ROOT / "macros/training_set.sql").read_text()
    assert package.keys() == {
        "packages/featurectl/dbt_project.yml",
        *(f"packages/featurectl/{path.relative_to(ROOT)}" for path in macros if path.parent.name != "flights"),
    }
    assert len(package) < 1 + len(macros)


@pytest.mark.parametrize("name", ["My shop", "9lives", "", "shöp", "a-b"])
def test_a_name_that_dbt_would_not_take_is_refused_with_one_that_it_takes(name):
    """The proposal is a name itself."""
    with pytest.raises(ProjectError, match="--name: expected lower-case letters") as caught:
        Starter(name)

    assert caught.value.hint == f"Try {as_name(name)!r}."
    Starter(as_name(name))
