"""A model marked for the tool dbt-features is a feature view; what its block lacks is a warning."""

from __future__ import annotations

import pytest

from featurectl.build import inspect
from featurectl.rules.key_tests import check_key_tests

THEIRS = {
    "is_feature_table": True,
    "entity": "customer_id",
    "grain": ["ordered_at", "customer_id"],
    "timestamp_column": "ordered_at",
    "exclude_columns": ["n_raw_rows"],
    "freshness": {"warn_after": {"count": 36, "period": "hour"}},
    "owner": "growth@example.com",
    "tags": ["daily"],
    "lifecycle": "active",
    "definition_version": 3,
    "whatever_comes": {"next": 1},
}
COLUMNS = {
    "customer_id": "bigint",
    "ordered_at": "timestamp",
    "loaded_at": "timestamp",
    "orders_count_7d": "bigint",
    "n_raw_rows": "bigint",
}


@pytest.fixture
def marked(declared):
    """A function that declares a model with their block, its keys replaced, and gives views and findings."""

    def mark(name="feature_store", *, config=None, columns=COLUMNS, **changes):
        block = {**THEIRS, **changes}
        node = declared.model(
            "orders", columns=columns, config={"contract": {"enforced": True}, "meta": {name: block}, **(config or {})}
        )
        node["columns"].get("loaded_at", {})["config"] = {"meta": {name: {"is_feature": False}}}
        registry, findings = inspect(declared.manifest())
        return registry.views, [finding for finding in findings if finding.rule != "key-not-null"]

    return mark


@pytest.mark.parametrize("name", ["feature_store", "feature_catalog"])
def test_their_block_is_a_feature_view(marked, name):
    (view,), _ = marked(name)
    assert (view.entity, [key.name for key in view.join_keys]) == ("customer", ["customer_id"])
    assert view.event_timestamp.name == "ordered_at"
    assert [column.name for column in view.features] == ["orders_count_7d"]
    assert (view.freshness.warn_after_seconds, view.ttl_seconds) == (129_600, None)
    assert (view.owner, view.tags) == ("growth@example.com", ("daily",))


def test_a_warning_says_what_our_block_would_be(marked):
    _, findings = marked()
    (finding,) = [finding for finding in findings if finding.rule == "alias"]
    assert finding.severity == "warning"
    assert finding.message == (
        "config.meta.feature_store: expected config.meta.feature_view to mark a feature view, "
        "got the block of dbt-features, read as one"
    )
    assert finding.hint == (
        "Write under config: `event_time: ordered_at, meta: {feature_view: {entity: customer, join_keys: [customer_id], "
        "exclude: [loaded_at, n_raw_rows], freshness: {warn_after: {count: 36, period: hour}}}}`; "
        "the dbt macros read that alone."
    )


def test_what_the_model_says_itself_wins(marked):
    (view,), _ = marked(config={"event_time": "loaded_at", "group": "sales"})
    assert (view.event_timestamp.name, view.owner) == ("loaded_at", "sales")
    assert [column.name for column in view.features] == ["orders_count_7d"]


def test_a_composite_entity_and_a_bare_grain_give_the_keys(marked):
    (view,), _ = marked(entity=["customer_id", "orders_count_7d"], exclude_columns=[])
    assert (view.entity, len(view.join_keys)) == ("customer_orders_count_7d", 2)
    (view,), _ = marked(entity=None)
    assert [key.name for key in view.join_keys] == ["customer_id"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"timestamp_column": None}, "config.event_time: expected the event timestamp column"),
        ({"config": {"contract": {"enforced": False}}}, "config.contract.enforced: expected true"),
        ({"columns": {}}, "columns: expected the name and data_type of every column"),
        ({"entity": "custmer_id"}, "join_keys: expected a column of the contract"),
        ({"entity": None, "grain": "x", "freshness": 7}, "join_keys: expected a column of the contract"),
        ({"entity": {"a": 1}, "grain": None}, "join_keys: expected at least one column"),
    ],
)
def test_what_it_lacks_is_warned_of_and_stops_nothing(marked, changes, said):
    views, findings = marked(**changes)
    assert views == ()
    assert {finding.severity for finding in findings} == {"warning"}
    assert "not read as one" in " ".join(finding.message for finding in findings)
    assert any(said in finding.message for finding in findings), [finding.message for finding in findings]


@pytest.mark.parametrize("mark", [False, None, "true", 1])
def test_only_true_marks_a_model(marked, mark):
    assert marked(is_feature_table=mark) == ((), [])


@pytest.mark.parametrize("block", [None, "yes", ["a"], {}])
def test_a_block_of_another_shape_is_not_ours_to_judge(declared, block):
    declared.model("orders", columns=COLUMNS, config={"meta": {"feature_store": block}})
    assert inspect(declared.manifest())[1] == []


def test_our_block_beside_theirs_is_the_one_that_counts(declared):
    node = declared.view()
    node["config"]["meta"]["feature_store"] = {**THEIRS, "entity": "loaded_at"}
    registry, findings = inspect(declared.manifest())
    assert [view.join_keys[0].name for view in registry.views] == ["customer_id"]
    assert not [finding for finding in findings if finding.rule == "alias"]


def test_its_keys_are_judged_as_those_of_our_block(declared):
    """The view is served alike; the test that is proposed is one that needs no block of ours."""
    block = {**THEIRS, "grain": ["customer_id"]}
    declared.model("orders", columns=COLUMNS, config={"contract": {"enforced": True}, "meta": {"feature_store": block}})
    null, unique = check_key_tests(declared.manifest())

    assert (null.rule, unique.rule) == ("key-not-null", "key-unique")
    assert "combination_of_columns: [customer_id, ordered_at]" in unique.hint
