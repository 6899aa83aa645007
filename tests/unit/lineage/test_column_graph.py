"""How compiled SQL meets the manifest: which node a table is, which columns it has, where the walk ends."""

from __future__ import annotations

import pytest

from featurectl.lineage.columns import ALL, ROWS, ColumnRef
from featurectl.lineage.sources import sources_in, sources_of
from featurectl.lineage.trace import trace


def test_a_line_from_source_to_service(scoring):
    graph = scoring.graph()
    service = graph.registry.services[0].unique_id
    answer = trace(graph, [ColumnRef(service, "c_spent")], "upstream")
    assert [ref.column for ref in answer.steps] == ["c_spent", "c_spent", "spent", "amount", "amount"]
    assert [ref.node.split(".")[-1] for ref in answer.steps] == [
        "churn_model",
        "churn_training",
        "spending",
        "stg_orders",
        "orders",
    ]


def test_downstream_is_the_inverse_of_upstream_edge_by_edge(scoring, both_ways):
    upstream, downstream = both_ways(scoring.graph())
    assert upstream == downstream
    assert len(upstream) > 40


def test_sources_of_a_feature_are_where_its_values_begin(scoring):
    graph = scoring.graph()
    (view,) = graph.registry.views
    (amount,) = sources_of(graph.manifest, view, "spent")
    assert (amount.unique_id, amount.column, amount.label) == ("source.shop.raw.orders", "amount", "raw.orders.amount")
    assert [str(found) for found in sources_of(graph.manifest, view, "n")] == ["rows of raw.orders"]


def test_a_constant_has_no_sources(shop):
    view = shop.view("v", "select 1 as customer_id, now() as at, 7 as seven", [], ["seven"])
    assert sources_in(shop.graph(), [ColumnRef(view, "seven")]) == []


def test_a_python_model_takes_all_columns_and_says_so(scoring):
    graph = scoring.graph()
    assert graph.opaque(ColumnRef("model.shop.scores", "score")) == "a python model"
    assert scoring.parents("model.shop.scores", "score") == "stg_orders.*"
    (found,) = sources_in(graph, [ColumnRef("model.shop.scores", "score")])
    assert str(found) == "scores.score (a python model)"


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("select from where (", "expected duckdb SQL that sqlglot can parse"),
        ("insert into x select 1", "insert instead of one query"),
        (None, "no compiled SQL: run `dbt compile`"),
        ("select " + "(" * 3000 + "a" + ")" * 3000 + " from x", "nested too deeply"),
    ],
)
def test_sql_that_cannot_be_read_takes_all_columns_and_says_why(shop, sql, reason):
    raw = shop.source("orders", ["id", "amount"])
    model = shop.model("odd", sql, [raw])
    child = shop.model("child", "select x from main.odd", [model])
    assert reason in shop.graph().opaque(ColumnRef(model, "x"))
    assert shop.parents(child, "x") == "odd.x"
    assert shop.parents(model, "x") == "orders.*"


def test_what_an_opaque_model_may_take_is_found_from_the_source_too(scoring):
    reader = scoring.model("reader", "select score from main.scores", ["model.shop.scores"])
    graph = scoring.graph()
    answer = trace(graph, [ColumnRef("source.shop.raw.orders", "amount")], "downstream")
    assert ColumnRef(reader, "score") in answer.steps


def test_an_ephemeral_model_is_the_node_not_the_cte_dbt_writes(shop):
    raw = shop.source("orders")
    eph = shop.model("eph", "select a + b as c from raw.orders", [raw], config={"materialized": "ephemeral"})
    sql = "with __dbt__cte__eph as (select a + b as c from raw.orders), mine as (select c as d from __dbt__cte__eph) select d from mine"
    model = shop.model("m", sql, [eph])
    assert shop.parents(model, "d") == "eph.c"
    assert shop.parents(eph, "c") == "orders.a orders.b"


def test_an_incremental_model_that_reads_itself_ends(shop):
    raw = shop.source("orders")
    sql = "select a, b from raw.orders where b > (select max(b) from main.m) union all select a, b from main.m"
    model = shop.model("m", sql, [raw], config={"materialized": "incremental"})
    assert shop.parents(model, "a") == "orders.a"


def test_a_snapshot_has_the_columns_that_dbt_adds(shop):
    raw = shop.source("orders", ["id", "state"])
    snapshot = shop.model("snap", "select * from raw.orders", [raw], kind="snapshot")
    child = shop.model("child", "select *, dbt_valid_from as since from main.snap", [snapshot])
    assert shop.parents(child, "since") == "snap.dbt_valid_from"
    assert shop.parents(snapshot, "dbt_valid_from") == "orders.(rows)"


def test_star_is_expanded_by_the_parents_contract_even_where_its_sql_is_not_there(shop):
    parent = shop.model("p", None, [], {"id": "bigint", "x": "bigint"}, contract=True)
    other = shop.model("o", "select id, y from raw.other", [shop.source("other")])
    child = shop.model("c", "select * from main.p join main.o using (id)", [parent, other])
    assert shop.graph().columns_of(child) == ("id", "x", "y")
    assert (shop.parents(child, "x"), shop.parents(child, "y")) == ("p.x", "o.y")


def test_star_is_expanded_by_the_parents_sql(shop):
    raw = shop.source("orders")
    parent = shop.model("p", "select a, b from raw.orders", [raw])
    middle = shop.model("m", "select * from main.p", [parent])
    child = shop.model("c", "select * from main.m", [middle])
    assert shop.graph().columns_of(child) == ("a", "b")


def test_star_is_expanded_by_dbts_catalog(shop):
    raw, other = shop.source("orders"), shop.source("other")
    child = shop.model("c", "select *, o from raw.orders, raw.other", [raw, other])
    assert shop.parents(child, "o") == "orders.o other.o"
    shop.built = {raw: ("a", "b"), other: ("o",)}
    assert shop.graph().columns_of(child) == ("a", "b", "o")
    assert shop.parents(child, "o") == "other.o"


def test_a_table_is_the_parent_of_that_relation_whatever_its_alias_schema_or_case(shop):
    first = shop.model("orders_v2", "select 1 as x", [], alias="Orders", schema="Sales")
    second = shop.model("orders", "select 2 as x", [], alias="orders", schema="other")
    child = shop.model(
        "c", 'select a.x as a, b.x as b from "shop"."SALES"."orders" a, shop.other.orders b', [first, second]
    )
    assert (shop.parents(child, "a"), shop.parents(child, "b")) == ("orders_v2.x", "orders.x")


def test_a_table_that_is_no_parent_is_named_as_it_is_written(shop):
    child = shop.model("c", "select a from legacy.orders", [])
    graph = shop.graph()
    (found,) = sources_in(graph, [ColumnRef(child, "a")])
    assert found.label == "legacy.orders.a"


def test_a_source_that_is_a_file_is_known_by_its_external_location(shop):
    location = {"external_location": "read_csv('data/{name}.csv', header=true)"}
    first, second = (shop.source(name, config={"meta": location}) for name in ("orders", "items"))
    sql = "select o.a, i.b from read_csv('data/orders.csv', header = true) as o, read_csv('data/items.csv', header=true) i"
    child = shop.model("c", sql, [first, second])
    assert (shop.parents(child, "a"), shop.parents(child, "b")) == ("orders.a", "items.b")


def test_the_features_of_a_training_set_are_as_declared_the_spine_as_the_sql_says(scoring):
    training = "model.shop.churn_training"
    assert scoring.parents(training, "c_spent") == "spending.spent"
    assert scoring.parents(training, "churned") == "labels.churned"
    assert scoring.parents(training, "c_spent", filters=True) == (
        "labels.asked_at labels.customer_id spending.at spending.customer_id"
    )


def test_declared_features_need_no_sql(scoring):
    """A training set that dbt has not compiled still says where its features come from."""
    scoring.nodes["model.shop.churn_training"]["compiled_code"] = None
    graph = scoring.graph()
    (spent,) = sources_in(graph, [ColumnRef("exposure.shop.churn_model", "c_spent")])
    assert str(spent) == "raw.orders.amount"
    assert graph.opaque(ColumnRef("model.shop.churn_training", "churned")) == "no compiled SQL: run `dbt compile`"


def test_only_the_models_on_the_way_are_parsed(scoring):
    graph = scoring.graph()
    trace(graph, [ColumnRef("model.shop.spending", "spent")], "upstream")
    assert sorted(graph.parsed) == ["model.shop.spending", "model.shop.stg_orders"]


def test_a_mean_comes_from_its_column_not_from_rows(shop):
    raw = shop.source("orders")
    model = shop.model("m", "select sum(a) / count(*) as mean, count(*) as n from raw.orders", [raw])
    assert (shop.parents(model, "mean"), shop.parents(model, "n")) == ("orders.a", "orders.(rows)")


def test_a_chain_of_hundreds_of_models_is_followed(shop):
    parent, table = shop.source("orders"), "raw.orders"
    for number in range(300):
        parent, table = (
            shop.model(f"m{number}", f"select *, {number} as n{number} from {table}", [parent]),
            f"main.m{number}",
        )
    (found,) = sources_in(shop.graph(), [ColumnRef(parent, "amount")])
    assert found.label == "raw.orders.amount"


def test_a_query_too_deep_to_follow_is_opaque_not_a_crash(shop):
    ctes = ", ".join(f"c{number} as (select * from c{number - 1})" for number in range(1, 1200))
    sql = f"with c0 as (select * from raw.orders), {ctes} select amount from c1199"
    model = shop.model("deep", sql, [shop.source("orders")])
    assert shop.graph().opaque(ColumnRef(model, "amount")) == "expressions nested too deeply"


def test_rows_lead_to_what_counts_them(scoring):
    graph = scoring.graph()
    answer = trace(graph, [ColumnRef("source.shop.raw.orders", ROWS)], "downstream")
    assert ColumnRef("model.shop.spending", "n") in answer.steps
    assert ColumnRef("model.shop.spending", "spent") not in answer.steps


def test_two_models_that_read_each_other_end(shop):
    """Dbt refuses such a project; a manifest of it is no reason to run forever."""
    shop.model("a", "select x from main.b", ["model.shop.b"])
    shop.model("b", "select x from main.a", ["model.shop.a"])
    answer = trace(shop.graph(), [ColumnRef("model.shop.a", "x"), ColumnRef("model.shop.a", ALL)], "upstream")
    assert ColumnRef("model.shop.b", "x") in answer.steps
