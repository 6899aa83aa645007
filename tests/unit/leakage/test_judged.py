"""Which models are judged, and what is said where no SQL can be."""

from __future__ import annotations

import msgspec
import pytest
from shop_models import Snippet, manifest_of

from featurectl.artifacts.compiled import UnparsedError, dialect_name, parse_compiled
from featurectl.build import inspect
from featurectl.manifest import Manifest
from featurectl.rules.leakage.lint import check_leakage

CLEAN = "select customer_id, ordered_at as event_at, amount from shop.stg_orders"
LEADS = "select customer_id, ordered_at, lead(ordered_at) over (partition by customer_id order by ordered_at) - ordered_at as gap from raw.orders"
CLOCK = "select customer_id, current_timestamp as t from raw.orders"


def project(view=CLEAN, **models):
    """A manifest as a document: the view `features` above the models given by name and SQL."""
    above = "".join(f"\n-- above: {name}\n{sql}" for name, sql in models.items())
    return msgspec.to_builtins(manifest_of(Snippet("x", "postgres", frozenset(), is_hard=False, sql=view + above)))


def judge(document):
    manifest = msgspec.convert(document, Manifest)
    return check_leakage(manifest, inspect(manifest)[0])


def add(document, name, sql, parents, **config):
    """A model more, below or beside the view."""
    node = dict(document["nodes"]["model.shop.features"])
    node |= {"unique_id": f"model.shop.{name}", "name": name, "alias": name, "original_file_path": f"models/{name}.sql"}
    node |= {"compiled_code": sql, "depends_on": {"nodes": parents}, "columns": {}, "config": config}
    document["nodes"][node["unique_id"]] = node


def test_a_model_above_a_view_is_judged_once_however_many_views_read_it():
    """Its finding stands at its own file."""
    document = project(CLEAN, stg_orders=LEADS)
    second = dict(document["nodes"]["model.shop.features"]) | {
        "unique_id": "model.shop.more",
        "name": "more",
        "alias": "more",
    }
    document["nodes"]["model.shop.more"] = second

    assert [(finding.rule, finding.path) for finding in judge(document)] == [
        ("leakage/lookahead", "models/stg_orders.sql")
    ]


def test_a_label_model_that_only_a_spine_reads_may_look_ahead():
    """Labels are about the future; a clock in the training set itself is found all the same."""
    document = project("select customer_id, ordered_at as event_at, amount from raw.orders")
    add(document, "labels", LEADS, ["source.shop.orders"])
    block = {"event_timestamp": "t", "features": ["features:amount"], "join_keys": {}, "known_at_cutoff": True}
    add(document, "training", CLOCK, ["model.shop.labels", "model.shop.features"], meta={"training_set": block})

    assert [(finding.rule, finding.node) for finding in judge(document)] == [("leakage/clock", "training")]


def test_a_training_set_may_look_ahead_in_its_own_spine():
    """Its labels can be written above the macro call, in the same file."""
    document = project("select customer_id, ordered_at as event_at, amount from raw.orders")
    block = {"event_timestamp": "t", "features": ["features:amount"], "join_keys": {}, "known_at_cutoff": True}
    add(document, "training", LEADS, ["source.shop.orders", "model.shop.features"], meta={"training_set": block})

    assert judge(document) == []


def test_a_model_that_no_view_reads_is_not_judged():
    """The lint is about features."""
    document = project("select customer_id, ordered_at as event_at from raw.orders")
    add(document, "report", LEADS, ["source.shop.orders"])

    assert judge(document) == []


def test_the_sql_of_an_ephemeral_model_is_judged_where_it_is_written():
    """Each model below has it from dbt too, as a CTE."""
    view = f"with __dbt__cte__stg_orders as ({LEADS}) select customer_id, ordered_at as event_at, gap from __dbt__cte__stg_orders"

    assert [finding.node for finding in judge(project(view, stg_orders=LEADS))] == ["stg_orders"]


def test_a_column_above_is_a_leak_only_where_a_view_uses_it():
    """An audit column that is passed by, and one that an age is made of."""
    audited = "select customer_id, ordered_at, amount, now() as built_at from raw.orders"
    uses = "select customer_id, ordered_at as event_at, extract(day from built_at - ordered_at) as age_days from shop.stg_orders"

    assert judge(project(CLEAN, stg_orders=audited)) == []
    assert [finding.rule for finding in judge(project(uses, stg_orders=audited))] == ["leakage/clock"]


def test_without_compiled_code_one_warning_says_what_to_run():
    """`dbt parse` compiles nothing; nothing is guessed."""
    document = project(CLEAN, stg_orders=LEADS)
    for name in ("features", "stg_orders"):
        document["nodes"][f"model.shop.{name}"]["compiled_code"] = None
    (finding,) = judge(document)

    assert (finding.rule, finding.severity) == ("leakage/not-compiled", "warning")
    assert finding.message == "compiled SQL: expected that of 2 models, got none of features and of 1 more"
    assert "dbt compile" in finding.hint


def test_sql_that_cannot_be_parsed_is_a_warning_with_the_reason():
    """The other models are judged all the same."""
    document = project(CLEAN, stg_orders=LEADS)
    document["nodes"]["model.shop.features"]["compiled_code"] = "select customer_id from (select"
    findings = judge(document)

    assert [(finding.rule, finding.severity, finding.node) for finding in findings] == [
        ("leakage/unparsed", "warning", "features"),
        ("leakage/lookahead", "error", "stg_orders"),
    ]
    assert findings[0].message.startswith("compiled SQL: expected postgres SQL that sqlglot can parse, got ")


def test_a_python_model_above_a_view_is_a_warning_once():
    """It cannot be read, and is not passed over in silence."""
    document = project("select customer_id, ordered_at as event_at, score from shop.scores", scores="import pandas")
    document["nodes"]["model.shop.scores"]["language"] = "python"
    (finding,) = judge(document)

    assert (finding.rule, finding.severity, finding.node) == ("leakage/unparsed", "warning", "scores")
    assert finding.message == "code: expected SQL, got a python model"


@pytest.mark.parametrize(
    "code", ["", "   ", "-- nothing", "drop table x", "select 1; select 2", "select (" + "(" * 5000, "vacuum full"]
)
def test_what_is_not_one_query_is_refused_with_a_reason(code):
    """Empty text, another statement, two of them, nesting beyond measure: no crash."""
    node = next(iter(manifest_of(Snippet("x", "postgres", frozenset(), is_hard=False, sql=CLEAN)).models()))

    with pytest.raises(UnparsedError, match=r"^models/features.sql: features: expected .*, got "):
        parse_compiled(msgspec.structs.replace(node, compiled_code=code), "postgres")


def test_an_adapter_nobody_knows_is_read_in_the_common_dialect():
    """None is sqlglot's own; the names of known adapters differ from sqlglot's here and there."""
    assert dialect_name("something_new") is None
    assert dialect_name(None) is None
    assert dialect_name("sqlserver") == "tsql"
