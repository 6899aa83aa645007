"""Claims about `featurectl lineage`."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest

UPSTREAM = """\
Comes from:
feature spending:spent
└─ model stg_orders.amount
   └─ source raw.orders.amount
"""
DOWNSTREAM = """\
Goes into:
feature spending:spent
└─ training set churn_training.c_spent
   └─ service churn_model.c_spent

Reaches:
  training set churn_training: c_spent
  service churn_model: c_spent
"""
WITH_FILTERS = """\
Comes from:
feature spending:spent
├─ model stg_orders.amount
│  └─ source raw.orders.amount
├─ model stg_orders.at (filter)
│  └─ source raw.orders.ts
└─ model stg_orders.customer_id (filter)
   └─ source raw.orders.customer
"""

# What OpenLineage 2-0-2 requires of a job event, its column lineage facet 1-2-0 and its schema facet 1-1-1.
TEXT = {"type": "string", "minLength": 1}
FACET = {"type": "object", "required": ["_producer", "_schemaURL", "fields"]}
INPUT_FIELD = {
    "type": "object",
    "required": ["namespace", "name", "field"],
    "properties": {
        "namespace": TEXT,
        "name": TEXT,
        "field": TEXT,
        "transformations": {
            "type": "array",
            "items": {"required": ["type"], "properties": {"type": {"enum": ["DIRECT", "INDIRECT"]}}},
        },
    },
    "additionalProperties": False,
}
DATASET = {
    "type": "object",
    "required": ["namespace", "name"],
    "properties": {
        "namespace": TEXT,
        "name": TEXT,
        "facets": {
            "properties": {
                "schema": {**FACET, "properties": {"fields": {"items": {"required": ["name"]}}}},
                "columnLineage": {
                    **FACET,
                    "properties": {
                        "fields": {
                            "type": "object",
                            "additionalProperties": {
                                "required": ["inputFields"],
                                "properties": {"inputFields": {"type": "array", "items": INPUT_FIELD}},
                            },
                        }
                    },
                },
            },
            "additionalProperties": False,
        },
    },
}
EVENTS = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["eventTime", "producer", "schemaURL", "job"],
        "properties": {
            "eventTime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"},
            "producer": {"type": "string", "pattern": r"^[a-z]+:\S+$"},
            "schemaURL": {"const": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent"},
            "job": {"required": ["namespace", "name"], "properties": {"namespace": TEXT, "name": TEXT}},
            "inputs": {"type": "array", "items": DATASET},
            "outputs": {"type": "array", "items": DATASET},
        },
        "additionalProperties": False,
    },
}

MERMAID = re.compile(
    r"""flowchart[ ]LR\n
    (?:[ ]{4}subgraph[ ]n\d+\["[^"`<\n]+"\]\n
       (?:[ ]{8}c\d+\["[^"`<\n]+"\]\n)+
    [ ]{4}end\n)+
    (?:[ ]{4}c\d+[ ](?:-->|-\.->)[ ]c\d+\n)*
    [ ]{4}classDef[ ]asked[ ]stroke-width:3px\n
    [ ]{4}class[ ]c\d+(?:,c\d+)*[ ]asked\n""",
    re.VERBOSE,
)


@pytest.fixture
def asked(scoring, ask):
    scoring.write()
    return lambda *arguments: ask(scoring.folder, *arguments)


def test_a_feature_shows_where_it_comes_from_and_who_takes_it(asked):
    result = asked("spending:spent")
    assert (result.exit_code, result.stdout) == (0, f"{UPSTREAM}\n{DOWNSTREAM}")


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--upstream"], UPSTREAM),
        (["--downstream"], DOWNSTREAM),
        (["--upstream", "--downstream"], f"{UPSTREAM}\n{DOWNSTREAM}"),
        (["--upstream", "--with-filters"], WITH_FILTERS),
    ],
)
def test_options_say_which_way_and_whether_filters_count(asked, options, shown):
    assert asked("spending:spent", *options).stdout == shown


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("spending", ["spending:spent", "spending:n"]),
        ("spending:*", ["spending:spent", "spending:n"]),
        ("SPENDING.Customer_Id", None),
        ("spending.customer_id", ["spending.customer_id"]),
        ("churn_training.churned", ["churn_training.churned"]),
        ("churn_model", ["churn_model.c_spent", "churn_model.c_n"]),
        ("churn_model.c_n", ["churn_model.c_n"]),
        ("stg_orders.AMOUNT", ["stg_orders.amount"]),
        ("raw.orders.amount", ["raw.orders.amount"]),
        ("raw.orders", [*(f"raw.orders.{name}" for name in ("amount", "customer", "id", "ts")), "rows of raw.orders"]),
    ],
)
def test_a_name_means_a_column_or_all_of_a_thing(asked, name, columns):
    result = asked(name, "--json")
    found = [column["label"] for column in json.loads(result.stdout)["columns"]] if result.exit_code == 0 else None
    assert found == columns


def test_a_version_of_a_view_is_asked_for_as_elsewhere(shop, ask):
    raw = shop.source("orders", ["k", "at", "old", "new"])
    for version, column in ((1, "old"), (2, "new")):
        sql = f"select k as customer_id, at, {column} as spent from raw.orders"
        unique_id = shop.view("spending", sql, [raw], ["spent"], version=version, latest_version=2)
        shop.nodes[f"{unique_id}.v{version}"] = {**shop.nodes.pop(unique_id), "unique_id": f"{unique_id}.v{version}"}
    shop.write()
    for name, column in (("spending@v1:spent", "old"), ("spending@v2:spent", "new"), ("spending:spent", "new")):
        assert ask(shop.folder, name, "--upstream").stdout.endswith(f"source raw.orders.{column}\n")


def test_impact_of_a_source_column_names_all_it_reaches(asked):
    result = asked("raw.orders.amount", "--downstream", "--json")
    downstream = json.loads(result.stdout)["downstream"]
    assert {key: downstream[key] for key in ("features", "training_sets", "services")} == {
        "features": {"spending": ["spent"]},
        "training_sets": {"churn_training": ["c_spent"]},
        "services": {"churn_model": ["c_spent"]},
    }
    assert "all columns of model scores (a python model)" in asked("raw.orders.amount", "--downstream").stdout


def test_a_column_of_a_source_that_nothing_tells_of_exits_5(asked):
    """A slip would look like a column that may be changed without harm."""
    for way in ("--downstream", "--upstream"):
        result = asked("raw.orders.amuont", way)
        assert (result.exit_code, result.stdout) == (5, "")
        assert result.stderr == (
            "Error: expected the name of a column of raw.orders that is declared, or read by a model, got 'amuont'\n"
            "Hint: Did you mean 'amount'? To ask about one that nothing reads, declare it in the YAML, "
            "or run `dbt docs generate`.\n"
        )
    assert asked("raw.orders.AMOUNT", "--downstream").exit_code == 0


def test_a_declared_column_that_nothing_reads_reaches_nothing(shop, ask):
    raw = shop.source("orders", ["amount", "remark"])
    shop.model("stg_orders", "select amount from raw.orders", [raw])
    shop.write()
    result = ask(shop.folder, "raw.orders.remark", "--downstream")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("Reaches no feature, training set or service.\n")


def test_a_column_of_an_opaque_model_that_nothing_describes_is_doubted(asked):
    result = asked("scores.x")
    assert (result.exit_code, result.stderr) == (0, "Nothing describes 'x' of scores, and no model reads it.\n")


def test_json_has_every_edge_and_the_sources(asked):
    described = json.loads(asked("spending:spent", "--with-filters", "--json").stdout)
    edges = [(edge["from"]["label"], edge["to"]["label"], edge["kind"]) for edge in described["upstream"]["edges"]]
    assert edges == [
        ("stg_orders.amount", "spending:spent", "value"),
        ("stg_orders.at", "spending:spent", "filter"),
        ("stg_orders.customer_id", "spending:spent", "filter"),
        ("raw.orders.amount", "stg_orders.amount", "value"),
        ("raw.orders.ts", "stg_orders.at", "value"),
        ("raw.orders.customer", "stg_orders.customer_id", "value"),
    ]
    (source,) = described["upstream"]["sources"]
    assert (source["unique_id"], source["column"], source["opaque"]) == ("source.shop.raw.orders", "amount", None)
    assert described["opaque"] == []


@pytest.mark.parametrize(
    "arguments", [["spending:spent"], ["churn_model", "--with-filters"], ["raw.orders"], ["scores"]]
)
def test_mermaid_is_a_flowchart_whose_arrows_lead_to_its_boxes(asked, arguments):
    chart = asked(*arguments, "--mermaid").stdout
    assert MERMAID.fullmatch(chart)
    boxes = set(re.findall(r"^ {8}(c\d+)\[", chart, re.MULTILINE))
    ends = set(re.findall(r"c\d+(?= -)|(?<=> )c\d+", chart))
    assert ends <= boxes


def test_mermaid_escapes_what_would_break_a_label(shop, ask):
    shop.model("odd", 'select 1 as "a ""b"" <#`>"', [])
    shop.write()
    chart = ask(shop.folder, "odd", "--mermaid").stdout
    assert MERMAID.fullmatch(chart)
    assert '["a #quot;b#quot; #lt;#35;#96;>"]' in chart


@pytest.mark.parametrize(
    "arguments", [["spending:spent"], ["churn_model", "--with-filters"], ["raw.orders", "--downstream"], ["scores.x"]]
)
def test_openlineage_has_what_its_specification_requires(asked, arguments):
    jsonschema.validate(json.loads(asked(*arguments, "--openlineage").stdout), EVENTS)


def test_openlineage_tells_of_each_job_which_fields_it_reads(asked):
    events = json.loads(asked("spending:spent", "--openlineage", "--namespace", "postgres://db:5432").stdout)
    by_job = {event["job"]["name"]: event for event in events}
    assert list(by_job) == [
        "model.shop.stg_orders",
        "model.shop.spending",
        "model.shop.churn_training",
        "exposure.shop.churn_model",
    ]
    (output,) = by_job["model.shop.spending"]["outputs"]
    assert (output["namespace"], output["name"]) == ("postgres://db:5432", "shop.main.spending")
    assert output["facets"]["columnLineage"]["fields"] == {
        "spent": {
            "inputFields": [
                {
                    "namespace": "postgres://db:5432",
                    "name": "shop.main.stg_orders",
                    "field": "amount",
                    "transformations": [{"type": "DIRECT"}],
                }
            ]
        }
    }
    assert {"name": "spent", "type": "bigint"} in output["facets"]["schema"]["fields"]
    service = by_job["exposure.shop.churn_model"]
    assert ([dataset["name"] for dataset in service["inputs"]], service["outputs"]) == (
        ["shop.main.churn_training"],
        [],
    )


def test_openlineage_names_the_columns_an_opaque_model_may_read(asked):
    (scores,) = [
        event
        for event in json.loads(asked("scores.x", "--upstream", "--openlineage").stdout)
        if event["job"]["name"] == "model.shop.scores"
    ]
    fields = scores["outputs"][0]["facets"]["columnLineage"]["fields"]
    assert [found["field"] for found in fields["x"]["inputFields"]] == ["id", "customer_id", "at", "amount"]


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("spending:spend", "a feature of spending, got 'spend'", "Did you mean 'spent'?"),
        (
            "spendings",
            "a feature view, training set, service, model or source, got 'spendings'",
            "Did you mean 'spending'?",
        ),
        ("stg_orders.amont", "a column of stg_orders, got 'amont'", "Did you mean 'amount'?"),
        ("raw.order.amount", "a model, source or service, got 'raw.order'", "Did you mean 'raw.orders'?"),
        ("churn_model.c_spend", "a column of churn_model, got 'c_spend'", "Did you mean 'c_spent' or 'c_n'?"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(asked, name, message, hint):
    result = asked(name)
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.stderr == f"Error: expected the name of {message}\nHint: {hint}\n"


@pytest.mark.parametrize(
    ("arguments", "unread"),
    [
        (["churn_model.c_spent", "--upstream"], "'spending' and of 1 other"),
        (["spending:spent"], "'spending' and of 1 other"),
        (["spending:spent", "--mermaid"], "'spending' and of 1 other"),
        (["raw.orders.amount", "--downstream"], "'stg_orders' and of 2 others"),
        (["raw.orders.amount", "--upstream"], "'stg_orders' and of 2 others"),
    ],
)
def test_a_manifest_of_dbt_parse_is_one_error_that_says_what_to_run(scoring, ask, arguments, unread):
    """Without SQL everything would seem to come from everything."""
    for node in scoring.nodes.values():
        node["compiled_code"] = None
    scoring.write()
    result = ask(scoring.folder, *arguments)
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr == (
        f"Error: manifest.json: expected compiled SQL of every model on the way, got none of {unread}\n"
        "Hint: Run `dbt compile`, then ask again.\n"
    )


def test_what_the_registry_alone_tells_needs_no_compiled_sql(scoring, ask):
    for node in scoring.nodes.values():
        node["compiled_code"] = None
    scoring.write()
    assert ask(scoring.folder, "churn_model.c_spent", "--downstream").exit_code == 0


def test_a_long_line_goes_on_under_its_own_text(shop, ask):
    columns = [f"a_rather_long_column_name_{number}" for number in range(9)]
    raw = shop.source("orders", columns)
    shop.model("wide", f"select {' + '.join(columns)} as total from raw.orders", [raw])
    shop.write()
    lines = ask(shop.folder, "wide.total", "--upstream").stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[2].startswith("└─ source raw.orders: a_rather_long_column_name_0, ")
    assert lines[3].startswith("      a_rather_long_column_name_")


def test_a_subtree_shown_above_is_not_repeated(shop, ask):
    columns = [f"c{number}" for number in range(6)]
    parents = [shop.model(name, f"select 1 as {name}", []) for name in columns]
    base = shop.model(
        "base", "select " + " + ".join(columns) + " as x from " + ", ".join(f"main.{c}" for c in columns), parents
    )
    left, right = (shop.model(name, "select x as y from main.base", [base]) for name in ("one", "two"))
    shop.model("both", "select one.y + two.y as z from main.one, main.two", [left, right])
    shop.write()
    shown = ask(shop.folder, "both.z", "--upstream").stdout
    assert shown.count("model c3.c3") == 1
    assert "model base.x (as above)" in shown


def test_dbts_catalog_tells_the_columns_of_sources_and_tables(shop, ask):
    """In the table's order; a name of a join is that of the one table that has it."""
    raw, other = shop.source("orders"), shop.source("other")
    shop.model("both", "select *, o as p from raw.orders, raw.other", [raw, other])
    shop.write()
    columns = {raw: ["b", "a"], other: ["o"]}
    sources = {
        unique_id: {"columns": {name: {"name": name, "index": place} for place, name in enumerate(names)}}
        for unique_id, names in columns.items()
    }
    (shop.folder / "target" / "catalog.json").write_text(json.dumps({"nodes": {}, "sources": sources}))
    described = json.loads(ask(shop.folder, "both", "--upstream", "--json").stdout)
    assert [column["column"] for column in described["columns"]] == ["b", "a", "o", "p", "(rows)"]
    assert {edge["from"]["label"] for edge in described["upstream"]["edges"] if edge["to"]["column"] == "p"} == {
        "raw.other.o"
    }
