"""`plan --against <git ref>`: the commit is parsed by dbt somewhere else, with its own packages; the working tree is not touched."""

from __future__ import annotations

import hashlib
import json

import pytest
from repository import HERE, Shell

VARS = "--vars 'region: north'"  # without a default in the models: dbt needs it to parse them
VIEW = """\
models:
  - name: customer_orders
    config:
      event_time: ordered_at
      contract: {{enforced: true}}
      meta:
        feature_view: {{entity: customer, join_keys: [customer_id], ttl: {{count: {days}, period: day}}}}
    columns:
      - {{name: customer_id, data_type: bigint}}
      - {{name: ordered_at, data_type: timestamp}}
      - {{name: orders_count_7d, data_type: {type}}}
exposures:
  - name: churn_model
    type: ml
    owner: {{email: ada@example.com}}
    depends_on:
      - ref('customer_orders')
    config:
      meta: {{feature_service: {{features: ["customer_orders:orders_count_7d"]}}}}
"""
SQL = """\
-- depends_on: {{{{ ref('names', '{name}') }}}}, for {{{{ var('region') }}}}
select customer_id, ordered_at, orders_count_7d::{type} as orders_count_7d from {{{{ ref('orders') }}}}
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """The project in a subfolder, beside a package that it installs; `main` is an older state of both."""
    top = tmp_path_factory.mktemp("repository")
    repository = Shell(top)
    repository.must(f"cp -r '{HERE}/project' shop && mkdir -p names/models")
    (top / "names" / "dbt_project.yml").write_text("name: names\nversion: 1.0.0\nconfig-version: 2\n")
    (top / "shop" / "packages.yml").write_text("packages:\n  - local: ../names\n")
    write(top, name="whole", days=30)
    repository.commit()
    write(top, name="exact", days=7)
    shop = Shell(top / "shop")
    shop.must("mkdir dbt_packages && ln -s ../../names dbt_packages/names")  # as `dbt deps` does, without its seconds
    shop.must(f"dbt --quiet parse {VARS}")
    return shop


def write(top, name, days):
    """One state of everything; with the package of the other, which lacks the model, dbt cannot parse it."""
    kind = {"whole": "bigint", "exact": "double"}[name]
    for model in (top / "names" / "models").iterdir():
        model.unlink()
    (top / "names" / "models" / f"{name}.sql").write_text("select 1 as n")
    (top / "shop" / "models" / "customer_orders.sql").write_text(SQL.format(name=name, type=kind))
    (top / "shop" / "models" / "customer_orders.yml").write_text(VIEW.format(days=days, type=kind))


def files(folder):
    """Every file below, hidden ones too, with a hash of what is in it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_a_commit_is_compared_with_the_manifest_and_the_working_tree_stays_as_it_is(repository):
    """Of the project's subfolder, with the local package as it was in that commit, the user's own profile and variables."""
    before = files(repository.folder.parent)

    done = repository.run(f"featurectl plan --against main {VARS} --json")

    assert done.returncode == 3, done.stdout
    plan = json.loads(done.stdout)
    (change,) = plan["changes"]
    assert (change["kind"], change["name"]) == ("view", "customer_orders")
    details = {detail["path"]: (detail["before"], detail["after"]) for detail in change["details"]}
    assert details == {
        "features.orders_count_7d": ("int64", "float64"),
        "ttl_seconds": (30 * 86_400, 7 * 86_400),
        "sql": (None, ["customer_orders", "exact", "whole"]),
    }
    assert change["details"][0]["breaking"]["services"] == ["churn_model"]
    assert files(repository.folder.parent) == before


def test_a_commit_that_dbt_cannot_parse_is_said_in_dbts_words(repository):
    repository.must("git checkout -q -b broken && rm packages.yml")
    Shell(repository.folder.parent).commit()
    done = repository.run(f"featurectl plan --against broken {VARS}")
    assert done.returncode == 4
    assert "Error: --against broken: expected `dbt parse` of that commit to succeed, got:" in done.stdout
    assert "depends on a node named 'exact' in package or project 'names' which was not found" in done.stdout
    assert "Hint: Name another commit" in done.stdout
