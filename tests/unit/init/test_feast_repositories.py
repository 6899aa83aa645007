"""Feast repositories are carried whole, or what is missing is told with its line."""

from __future__ import annotations

import ast
import base64
import json

import pytest
import yaml

from featurectl.errors import ProjectError
from featurectl.init.feast import ENGINES, carry_repository
from featurectl.init.feast.dtypes import warehouse_type
from serving.format.types import parse_type


def losses(carried):
    return {(loss.where, loss.name) for loss in carried.losses}


def test_one_file_becomes_a_view_and_a_service(feast_repository):
    """Every column has the type of the engine; roles, TTL, owner, tags and descriptions are where dbt has them."""
    carried = carry_repository(feast_repository("deliveries"))

    (model,) = yaml.safe_load(carried.files["models/feature_views/courier_load.yml"])["models"]
    assert model["config"]["meta"]["feature_view"] == {
        "entity": "courier",
        "join_keys": ["courier_id"],
        "created_timestamp": "loaded_at",
        "ttl": {"count": 2, "period": "week"},
    }
    assert model["config"]["event_time"] == "finished_at"
    assert (model["config"]["group"], model["config"]["tags"]) == ("logistics", ["feature", "team=logistics"])
    assert model["description"] == "What a courier did in a shift."
    types = {column["name"]: column["data_type"] for column in model["columns"]}
    assert " ".join(types) == (
        "courier_id finished_at loaded_at parcels rating kilometres zone on_bike level last_break stops"
    )
    assert [types[name] for name in ("parcels", "rating", "zone", "level", "last_break", "stops")] == [
        "bigint",
        "float",
        "varchar",
        "integer",
        "timestamp",
        "bigint[]",
    ]
    training = carried.files["models/training_sets/lateness_training.sql"]
    assert "'features': ['parcels', 'rating', 'zone']" in training
    (exposure,) = yaml.safe_load(carried.files["models/training_sets/lateness_training.yml"])["exposures"]
    assert exposure["owner"] == {"email": "science@example.com"}
    assert losses(carried) == {("definitions.py:17", "courier_load")}  # no Parquet file here tells the type of the key


def test_names_are_followed_across_files(feast_repository):
    """Aliases, relative imports, modules, shared constants and keywords; files in any order."""
    carried = carry_repository(feast_repository("shop"))

    assert (carried.engine, carried.views, carried.services) == (
        "postgres",
        ("buyer_orders", "item-views"),
        ("ranking", "gift"),
    )
    (model,) = yaml.safe_load(carried.files["models/feature_views/item_views.yml"])["models"]
    assert model["config"]["meta"]["feature_view"] == {
        "entity": "buyer_item",
        "join_keys": ["buyer_id", "item"],
        "online": False,
    }
    sql = carried.files["models/feature_views/item_views.sql"]
    assert "cast(buyer as bigint) as buyer_id" in sql
    assert "cast(n as bigint) as times_seen" in sql
    assert "from web.views group by 1, 2, 3\n) as source_rows" in sql
    gift = carried.files["models/training_sets/gift_training.sql"]
    assert "'join_keys': {'buyer_id': 'giver_id'}, 'prefix': 'giver__'" in gift
    assert 'cast("order" as bigint) as "order"' in carried.files["models/feature_views/buyer_orders.sql"]


def test_every_definition_of_feast_is_carried_or_told(feast_repository):
    """Of the repository with everything that cannot be carried: each line with a definition is in MIGRATION.md or in the project."""
    folder = feast_repository("awkward")
    carried = carry_repository(folder)

    defining = ("Entity", "FeatureView", "FeatureService", "Source", "feature_view")
    tree = ast.parse((folder / "definitions.py").read_text())
    lines = {
        f"definitions.py:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith(defining)
    }
    assert len(lines) == 16
    assert lines - {loss.where for loss in carried.losses} == set()
    assert carried.views == ("rider_trips",)
    told = {(loss.name, loss.what.partition(" ")[0]) for loss in carried.losses}
    assert {("rider_trips", "ttl=timedelta(days=float(os.environ.get('DAYS',"), ("fare", "on-demand")} <= told
    assert all(f"`{loss.where}`" in carried.files["MIGRATION.md"] for loss in carried.losses)


def test_a_dump_of_the_registry_says_the_same_as_the_files(feast_repository):
    """The JSON that Feast prints for the repository of one file, written by hand, gives the same models."""
    source = {
        "name": "courier_shifts",
        "type": "BATCH_FILE",
        "timestampField": "finished_at",
        "createdTimestampColumn": "loaded_at",
        "fileOptions": {"uri": "data/shifts.parquet"},
    }
    words = "parcels INT64|rating FLOAT|kilometres DOUBLE|zone STRING|on_bike BOOL|level INT32|last_break UNIX_TIMESTAMP|stops INT64_LIST"
    features = [dict(zip(("name", "valueType"), word.split(), strict=True)) for word in words.split("|")]
    features[0]["description"] = "Parcels of the shift."
    view = {
        "name": "courier_load",
        "entities": ["courier"],
        "entityColumns": [{"name": "courier_id", "valueType": "STRING"}],
        "features": features,
        "batchSource": source,
        "online": True,
        "ttl": "1209600s",
        "owner": "logistics@example.com",
        "tags": {"team": "logistics"},
        "description": "What a courier did in a shift.",
    }
    service = {
        "name": "lateness",
        "description": "Will the parcel be late?",
        "owner": "science@example.com",
        "features": [{"featureViewName": "courier_load", "featureColumns": [features[0], features[1], features[3]]}],
    }
    folder = feast_repository("deliveries")
    dump = {
        "project": "deliveries",
        "entities": [{"spec": {"name": "courier", "joinKey": "courier_id"}}],
        "featureViews": [{"spec": view}],
        "featureServices": [{"spec": service}],
    }
    path = folder / "registry.json"
    path.write_text("a warning\n" + json.dumps(dump))

    read, written = carry_repository(folder), carry_repository(path)

    same = {name for name in read.files if name.startswith("models/")}
    assert {name: written.files[name] for name in same} == {name: read.files[name] for name in same}
    assert written.losses == ()


def test_a_dump_tells_tables_whose_options_are_encoded(tmp_path):
    """PostgreSQL's source keeps its table in base64."""
    options = base64.b64encode(json.dumps({"table": "web.visits", "query": ""}).encode()).decode()
    source = {
        "timestampField": "at",
        "customOptions": {"configuration": options},
        "dataSourceClassType": "feast.x.PostgreSQLSource",
    }
    view = {
        "name": "visits",
        "entities": ["user"],
        "features": [{"name": "n", "valueType": "INT64"}],
        "batchSource": source,
    }
    dump = {"entities": [{"spec": {"name": "user", "valueType": "INT64"}}], "featureViews": [{"spec": view}]}
    path = tmp_path / "dump.json"
    path.write_text(json.dumps(dump))

    carried = carry_repository(path)

    assert carried.engine == "postgres"
    assert "from {{ source('web', 'visits') }}" in carried.files["models/feature_views/visits.sql"]
    assert "online: false" in carried.files["models/feature_views/visits.yml"]  # a dump leaves out what is false


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "dtype",
    [
        "Int32",
        "Int64",
        "Float32",
        "Float64",
        "Bool",
        "String",
        "Bytes",
        "UnixTimestamp",
        "ZonedTimestamp",
        "Uuid",
        "Decimal",
    ],
)
def test_every_type_is_one_that_a_look_up_answers(engine, dtype):
    """All spellings give the same word."""
    word = warehouse_type(dtype, engine)

    if (engine, dtype) == ("redshift", "Bytes"):  # varbyte is no type that a look-up answers
        assert word is None
        return
    assert parse_type(word)
    spelled = {
        "UnixTimestamp": "UNIX_TIMESTAMP",
        "ZonedTimestamp": "ZONED_TIMESTAMP",
        "Float32": "FLOAT",
        "Float64": "DOUBLE",
    }.get(dtype, dtype.upper())
    assert warehouse_type(f"ValueType.{spelled}", engine) == word
    listed = warehouse_type(f"Array({dtype})", engine)
    assert listed is None or parse_type(listed)


@pytest.mark.parametrize("dtype", ["Map", "Struct(?)", "Set(Int64)", "", "Array(Map)"])
def test_a_type_without_a_column_is_none(dtype):
    """Maps, structs, sets, and what cannot be read."""
    assert warehouse_type(dtype, "duckdb") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", "expected Python files with feature views of Feast, got none"),
        ("def broken(:\n", "expected a Python file"),
        (
            "from feast import FeatureView\nv = FeatureView(name='v', entities=[])\n",
            "expected a feature view that can be carried",
        ),
    ],
)
def test_a_folder_without_anything_to_carry_is_refused(tmp_path, text, message):
    """With the reasons."""
    (tmp_path / "features.py").write_text(text)

    with pytest.raises(ProjectError, match=message):
        carry_repository(tmp_path)


def test_jinja_in_a_text_stays_text(tmp_path):
    """Braces of the repository are not for dbt, which renders descriptions and SQL."""
    (tmp_path / "features.py").write_text(
        "from feast import Entity, FeatureView, Field\nfrom feast import BigQuerySource\nfrom feast.types import Int64\n"
        "e = Entity(name='k')\ns = BigQuerySource(query='select \"{{ x }}\"', timestamp_field='t')\n"
        "v = FeatureView(name='v', entities=[e], schema=[Field(name='n', dtype=Int64)], source=s, description='{% if %}')\n"
    )
    carried = carry_repository(tmp_path)

    assert carried.engine == "bigquery"
    assert '{% raw %}select "{{ x }}"{% endraw %}' in carried.files["models/feature_views/v.sql"]
    assert "{% raw %}{% if %}{% endraw %}" in carried.files["models/feature_views/v.yml"]


def test_definitions_inside_of_calls_and_lists_are_carried(tmp_path):
    """A repository that applies what it defines in one expression; names of a variable are those of the definition."""
    (tmp_path / "features.py").write_text(
        "import feast\nfrom feast.types import Int64\n"
        "store = feast.FeatureStore('.')\n"
        "store.apply([\n"
        "    feast.FeatureView(\n"
        "        name='clicks',\n"
        "        entities=[feast.Entity(name='user', join_keys=['user_id'])],\n"
        "        schema=[feast.Field(name='user_id', dtype=Int64), feast.Field(name='n', dtype=Int64)],\n"
        "        source=feast.FileSource(path='file:///data/clicks.parquet', timestamp_field='at'),\n"
        "    ),\n"
        "])\n"
    )
    carried = carry_repository(tmp_path, engine="duckdb")

    assert (carried.views, carried.losses) == (("clicks",), ())
    assert "cast(user_id as bigint)" in carried.files["models/feature_views/clicks.sql"]
    assert "external_location: /data/clicks.parquet" in carried.files["models/sources.yml"]
