"""Small SQL and its origins, small manifests, and the flights example compiled by dbt."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlglot import exp, parse_one

from featurectl.build import read_registry
from featurectl.cli import main
from featurectl.lineage.graph import ColumnGraph
from featurectl.lineage.nodes import leaf
from featurectl.lineage.queries import Queries
from featurectl.manifest import read_manifest

ROOT = Path(__file__).resolve().parents[3]
DBT = "from dbt.cli.main import cli; cli()"
METADATA = {
    "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
    "project_name": "shop",
    "adapter_type": "duckdb",
    "generated_at": "2026-11-21T12:00:00.000000Z",
}


class Origins:
    """What the columns of one query come from, as text: ``table.column``, sorted, separated by spaces."""

    def __init__(self, sql, dialect, tables):
        def read_table(table):
            if not isinstance(table.this, exp.Identifier):
                return None
            return leaf(table.name, tables.get(table.name, ()), is_complete=table.name in tables)

        self.relation = Queries(dialect, read_table).evaluate(parse_one(sql, dialect=dialect))

    @property
    def values(self):
        return {name: text(column.values) for name, column in self.relation.columns.items()}

    @property
    def influences(self):
        return {name: text(column.influences) for name, column in self.relation.columns.items()}

    @property
    def filters(self):
        return text(self.relation.filters)

    def rest(self, name):
        column = self.relation.column(name)
        return None if column is None else text(column.values)


def text(refs):
    return " ".join(sorted(f"{ref.node}.{ref.column}" for ref in refs))


@pytest.fixture(scope="session")
def origins():
    """`origins(sql, dialect, table=[columns])`; the columns of a table that is not given are unknown."""

    def evaluate(sql, dialect="duckdb", **tables):
        return Origins(sql, dialect, tables)

    return evaluate


class Shop:
    """Writes a project folder with a manifest of a few models, and asks its column graph."""

    def __init__(self, folder):
        self.folder = folder
        self.metadata = dict(METADATA)
        self.nodes = {}
        self.sources = {}
        self.exposures = {}
        self.built = {}

    def source(self, table, columns=(), **fields):
        unique_id = f"source.shop.raw.{table}"
        node = self._node(unique_id, table, "source", columns, {"schema": "raw", "identifier": table, **fields})
        self.sources[unique_id] = node
        return unique_id

    def model(self, name, sql, parents=(), columns=(), *, kind="model", config=None, contract=False, **fields):
        unique_id = f"{kind}.shop.{name}"
        config = {"materialized": "table", **(config or {}), "contract": {"enforced": contract}}
        given = {"alias": name, "language": "sql", "compiled_code": sql, "config": config, **fields}
        self.nodes[unique_id] = self._node(unique_id, name, kind, columns, given)
        self.nodes[unique_id]["depends_on"] = {"nodes": list(parents)}
        return unique_id

    def view(self, name, sql, parents, features, **fields):
        """A feature view of the entity customer, with key `customer_id` and time `at`."""
        columns = {"customer_id": "bigint", "at": "timestamp", **dict.fromkeys(features, "bigint")}
        meta = {"feature_view": {"entity": "customer", "join_keys": ["customer_id"]}}
        return self.model(
            name, sql, parents, columns, contract=True, config={"event_time": "at", "meta": meta}, **fields
        )

    def training_set(self, name, sql, parents, features):
        block = {"event_timestamp": "asked_at", "features": features, "join_keys": {}, "known_at_cutoff": True}
        return self.model(name, sql, parents, config={"meta": {"training_set": block}})

    def service(self, name, parents):
        unique_id = f"exposure.shop.{name}"
        node = self._node(unique_id, name, "exposure", (), {"type": "ml"})
        node |= {"config": {"meta": {"feature_service": {}}}, "depends_on": {"nodes": list(parents)}}
        self.exposures[unique_id] = node
        return unique_id

    def _node(self, unique_id, name, kind, columns, fields):
        types = columns if isinstance(columns, dict) else dict.fromkeys(columns)
        return {
            "unique_id": unique_id,
            "name": name,
            "resource_type": kind,
            "package_name": "shop",
            "original_file_path": f"models/{name}.sql",
            "database": "shop",
            "schema": "main",
            "columns": {column: {"name": column, "data_type": data_type} for column, data_type in types.items()},
            **fields,
        }

    def write(self):
        """The manifest as dbt would leave it in the folder."""
        (self.folder / "target").mkdir(exist_ok=True)
        (self.folder / "dbt_project.yml").write_text("name: shop\n")
        manifest = {"metadata": self.metadata, "nodes": self.nodes, "sources": self.sources}
        path = self.folder / "target" / "manifest.json"
        path.write_text(json.dumps({**manifest, "exposures": self.exposures}))
        return path

    def graph(self):
        manifest = read_manifest(self.write())
        return ColumnGraph(manifest, read_registry(manifest), self.built)

    def parents(self, unique_id, column, *, filters=False):
        """The columns that one comes from, as text without the ids' first parts."""
        graph = self.graph()
        edges = [edge for edge in graph.upstream(graph.column(unique_id, column)) if edge.is_filter == filters]
        return " ".join(f"{edge.upstream.node.split('.')[-1]}.{edge.upstream.column}" for edge in edges)


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


@pytest.fixture
def scoring(shop):
    """A whole line: source, staging, view, training set, service, and a python model beside."""
    raw = shop.source("orders")
    staged = shop.model("stg_orders", "select id, customer as customer_id, ts as at, amount from raw.orders", [raw])
    view = shop.view(
        "spending",
        "select customer_id, at, sum(amount) over (partition by customer_id order by at) as spent, count(*) over () as n "
        "from main.stg_orders where amount > 0",
        [staged],
        ["spent", "n"],
    )
    labels = shop.model("labels", "select customer_id, at as asked_at, true as churned from main.stg_orders", [staged])
    training = shop.training_set(
        "churn_training", "select * from main.labels", [labels, view], [{"view": "spending", "prefix": "c_"}]
    )
    shop.service("churn_model", [training])
    shop.model("scores", "def model(dbt, session): ...", [staged], language="python")
    return shop


def edges_both_ways(graph):
    """Every edge found upstream of any column, and every edge found downstream of any."""
    manifest = graph.manifest
    services = [service.unique_id for service in graph.registry.services]
    models = [node.unique_id for node in manifest.nodes.values() if node.resource_type != "test"]
    refs = [ref for node in (*manifest.sources, *models, *services) for ref in graph.refs_of(node)]
    upstream = {edge for ref in refs for edge in graph.upstream(ref)}
    downstream = {edge for ref in refs for edge in graph.downstream(ref)}
    return upstream, downstream


@pytest.fixture(scope="session")
def both_ways():
    return edges_both_ways


@pytest.fixture
def ask(monkeypatch):
    """Run `featurectl lineage` in a folder, on a terminal of 100 columns."""
    for name in [name for name in os.environ if name.startswith("DBT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")

    def ask_in(folder, *arguments):
        monkeypatch.chdir(folder)
        return CliRunner().invoke(main, ["lineage", *arguments])

    return ask_in


@pytest.fixture(scope="session")
def flights(tmp_path_factory):
    """The folder of the running example after `dbt compile`, without its data; a few models more, of kinds it has not."""
    folder = tmp_path_factory.mktemp("lineage") / "flights"
    for part in ("models", "macros"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "data").mkdir()
    shutil.copytree(Path(__file__).parent / "more", folder / "models" / "more")
    shutil.copy(ROOT / "dbt_project.yml", folder)
    shutil.copy(ROOT / "profiles.yml.example", folder / "profiles.yml")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
    compile_ = [sys.executable, "-c", DBT, "--quiet", "compile", "--profiles-dir", "."]
    subprocess.run(compile_, cwd=folder, env=environment, check=True)
    return folder


@pytest.fixture(scope="session")
def flights_graph(flights):
    manifest = read_manifest(flights / "target" / "manifest.json")
    return ColumnGraph(manifest, read_registry(manifest))
