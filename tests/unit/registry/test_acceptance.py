"""Claims about `config.meta.featurectl_accept`: a finding is accepted where it is, with a reason."""

from __future__ import annotations

import pytest

from featurectl.build import read_registry

KEY = "error: models/orders.yml: orders: config.meta.featurectl_accept"
CLOCK = "select customer_id, current_timestamp as ordered_at, random() as n_raw_rows from main.raw"


@pytest.fixture
def accepting(declared):
    """Declare a view without tests that accepts as told."""

    def accept(block, **fields):
        node = declared.view()
        node["config"]["meta"]["featurectl_accept"] = block
        node.update(fields)
        return declared

    return accept


def reasons(declared):
    return {finding.rule: finding.accepted for finding in declared.checked()}


def test_a_rule_is_accepted_with_its_reason_and_the_others_are_not(accepting):
    declared = accepting({"key-unique": " The source is an outbox. "})
    assert reasons(declared) == {"key-unique": "The source is an outbox.", "key-not-null": None}


def test_it_holds_for_the_node_that_says_it_alone(accepting):
    declared = accepting({"key-unique": "why", "key-not-null": "why"})
    declared.view("other")
    assert [(each.node, each.rule) for each in declared.checked() if each.accepted is None] == [
        ("other", "key-not-null"),
        ("other", "key-unique"),
    ]


def test_an_exposure_accepts_its_own(declared):
    declared.view()
    declared.nodes["model.shop.orders"]["deprecation_date"] = "2020-01-01"
    meta = {"feature_service": {"features": ["orders:n_raw_rows"]}, "featurectl_accept": {"deprecated": "moves soon"}}
    declared.service({}, config={"meta": meta}, parents=["model.shop.orders"])
    assert reasons(declared)["deprecated"] == "moves soon"


def test_one_finding_of_several_is_accepted_by_a_part_of_its_sql(accepting):
    """White space and case do not matter; the others of the rule stand."""
    two = CLOCK.replace("random()", "random() * 2") + " where random() < 0.5"
    declared = accepting({"leakage/random": [{"sql": "RANDOM()  * 2", "reason": "jitter"}]}, compiled_code=two)
    found = [each for each in declared.checked() if each.rule == "leakage/random"]
    assert len(found) > 1
    assert {each.accepted for each in found} == {"jitter", None}


def test_an_acceptance_without_its_finding_is_warned_of(accepting):
    declared = accepting({"index": "small", "key-unique": "why"})
    assert declared.told("unused-accept") == [
        (
            "warning: models/orders.yml: orders: config.meta.featurectl_accept.index: "
            "expected a finding of 'index' to accept, got none"
        )
    ]


def test_an_entry_whose_sql_is_gone_is_warned_of(accepting):
    declared = accepting({"leakage/clock": [{"sql": "now()", "reason": "why"}]}, compiled_code=CLOCK)
    (told,) = declared.told("unused-accept")
    assert told.endswith("[0]: expected a finding of 'leakage/clock' with the SQL 'now()' to accept, got none")


def test_what_could_not_be_checked_is_not_called_unused(accepting):
    """After `dbt parse` there is no SQL, and without `dbt docs generate` no built table."""
    block = {"leakage/clock": "why", "built-table": "why"}
    assert accepting(block).told("unused-accept") == []
    told = accepting(block, compiled_code="select 1 as customer_id").told(
        "unused-accept", built={"model.shop.orders": ("customer_id",)}
    )
    assert len(told) == 2


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("all", ": expected a mapping of rules to reasons, got 'all'"),
        ({"key-unique": ""}, ".key-unique: expected a reason as text, or a list of {sql, reason}, got ''"),
        ({"key-unique": "  "}, ".key-unique: expected a reason as text, or a list of {sql, reason}, got '  '"),
        ({"key-unique": True}, ".key-unique: expected a reason as text, or a list of {sql, reason}, got True"),
        ({"key-unique": []}, ".key-unique: expected a reason as text, or a list of {sql, reason}, got []"),
        ({"leakage/clock": ["why"]}, ".leakage/clock[0]: expected {sql: <text>, reason: <text>}, got 'why'"),
        (
            {"leakage/clock": [{"sql": "now()"}]},
            ".leakage/clock[0]: expected {sql: <text>, reason: <text>}, got {'sql': 'now()'}",
        ),
        ({"required": "why"}, ".required: expected a rule that can be accepted, got 'required'"),
        ({"accept": "why"}, ".accept: expected a rule that can be accepted, got 'accept'"),
        ({"leakage/clok": "why"}, ".leakage/clok: expected a rule of check, got 'leakage/clok'"),
    ],
)
def test_an_acceptance_that_cannot_be_read_is_an_error(accepting, block, line):
    assert accepting(block).told("accept") == [KEY + line]


def test_an_unknown_rule_comes_with_the_nearest(accepting):
    (finding,) = [each for each in accepting({"leakage/clok": "why"}).checked() if each.rule == "accept"]
    assert "'leakage/clock'" in finding.hint


def test_a_declaration_that_cannot_be_read_is_never_accepted(declared):
    declared.view(entity=None)["config"]["meta"]["featurectl_accept"] = {"required": "why"}
    assert [each.accepted for each in declared.checked() if each.rule == "required"] == [None]


def test_errors_of_care_stop_no_other_command(accepting):
    """A leak, a wrong acceptance, an incremental training set behind a service: the registry is read all the same."""
    declared = accepting({"no-rule": "why"}, compiled_code=CLOCK)
    node = declared.training_set(["orders:n_raw_rows"])
    node["config"].update(materialized="incremental", on_schema_change="ignore")
    declared.service({})
    errors = {each.rule for each in declared.checked() if each.severity == "error"}
    assert errors >= {"accept", "leakage/random", "on-schema-change"}
    assert len(read_registry(declared.manifest()).views) == 1
