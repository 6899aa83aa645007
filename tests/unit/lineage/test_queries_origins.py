"""What the columns of a query come from, one claim a construct."""

from __future__ import annotations

import pytest


def test_a_cte_is_seen_through(origins):
    found = origins("with a as (select x, y as z from t), b as (select z + x as w from a) select w as v from b")
    assert found.values == {"v": "t.x t.y"}


def test_a_subquery_in_from_is_seen_through_to_any_depth(origins):
    found = origins("select c from (select b as c from (select a as b from t) as i) as o")
    assert found.values == {"c": "t.a"}


def test_a_cte_hides_a_table_of_its_name_only_below_itself(origins):
    """Dbt's idiom `with orders as (select * from orders)` reads the table."""
    assert origins("with t as (select * from t) select a from t").values == {"a": "t.a"}


def test_the_innermost_cte_of_a_name_counts(origins):
    found = origins("with c as (select a from t) select x.b from (with c as (select b from u) select b from c) as x")
    assert found.values == {"b": "u.b"}


def test_each_branch_of_a_union_counts_by_place(origins):
    found = origins("select a as x, 'web' as y from t union all select b, c from u union all select d, e from v")
    assert found.values == {"x": "t.a u.b v.d", "y": "u.c v.e"}


def test_a_union_by_name_goes_by_name(origins):
    found = origins("select a, b from t union all by name select b, c from u")
    assert found.values == {"a": "t.a", "b": "t.b u.b", "c": "u.c"}


def test_a_union_of_unknown_columns_goes_by_name(origins):
    found = origins("select * from t union all select * from u")
    assert (found.values, found.rest("x")) == ({}, "t.x u.x")


def test_the_right_side_of_except_only_filters(origins):
    found = origins("select a from t except select b from u")
    assert (found.values, found.filters) == ({"a": "t.a"}, "u.b")


def test_partition_and_order_of_a_window_are_influences(origins):
    found = origins("select sum(a) over (partition by k order by at) as s from t")
    assert (found.values, found.influences) == ({"s": "t.a"}, {"s": "t.at t.k"})


def test_a_named_window_is_that_window(origins):
    found = origins("select sum(a) over w as s, rank() over (w order by q) as r from t window w as (partition by k)")
    assert found.values == {"s": "t.a", "r": "t.(rows)"}
    assert found.influences == {"s": "t.k", "r": "t.k t.q"}


@pytest.mark.parametrize("counting", ["count(*)", "count(1)", "sum(1)", "row_number() over (order by a)"])
def test_what_counts_rows_comes_from_rows(origins, counting):
    assert origins(f"select {counting} as n from t").values == {"n": "t.(rows)"}


def test_rows_come_from_what_is_read_but_not_from_a_left_join(origins):
    found = origins("select count(*) as n from t join u on t.k = u.k left join v on t.k = v.k")
    assert found.values == {"n": "t.(rows) u.(rows)"}


def test_conditions_of_case_and_of_an_aggregates_filter_are_values(origins):
    """They stand in the expression: `sum(case when late then 1 end)` tells of nothing but `late`."""
    found = origins("select sum(case when late then 1 end) as a, count(*) filter (where late) as b from t")
    assert found.values["a"] == "t.late"
    assert "t.late" in found.values["b"].split()


def test_the_order_inside_an_aggregate_is_an_influence_but_names_the_values_of_a_percentile(origins):
    found = origins(
        "select string_agg(a, ',' order by b) as s, percentile_cont(0.5) within group (order by c) as p from t",
        "postgres",
    )
    assert found.values == {"s": "t.a", "p": "t.c"}
    assert found.influences == {"s": "t.b", "p": ""}


def test_where_group_having_qualify_and_join_conditions_filter(origins):
    found = origins(
        "select max(a) as m from t join u on t.k = u.k where t.w group by t.g having min(h) > 0 qualify row_number() over (order by q) = 1",
        t=["a", "k", "w", "g", "h", "q"],
        u=["k"],
    )
    assert found.values == {"m": "t.a"}
    assert set(found.filters.split()) == {"t.g", "t.h", "t.k", "t.q", "t.w", "u.k", "t.(rows)", "u.(rows)"}


def test_group_by_a_number_or_alias_means_that_column(origins):
    assert origins("select a + b as x, count(*) as n from t group by 1").filters == "t.a t.b"
    assert origins("select a + b as x, count(*) as n from t group by x", t=["a", "b"]).filters == "t.a t.b"


def test_an_order_filters_only_with_a_limit(origins):
    assert origins("select a from t order by b").filters == ""
    assert origins("select a from t order by b limit 1").filters == "t.b"


def test_a_left_joins_keys_influence_what_it_adds_alone(origins):
    found = origins("select t.a, u.b from t left join u on t.k = u.k", t=["a", "k"], u=["b", "k"])
    assert found.influences == {"a": "", "b": "t.k u.k"}
    assert found.filters == ""


@pytest.mark.parametrize(
    ("side", "key", "filters"),
    [("", "t.k", "t.k u.k"), ("left", "t.k", ""), ("right", "u.k", "t.k u.k"), ("full", "t.k u.k", "t.k u.k")],
)
def test_a_key_of_using_comes_from_the_side_that_has_it(origins, side, key, filters):
    found = origins(f"select k, a, b from t {side} join u using (k)", t=["k", "a"], u=["k", "b"])
    assert (found.values, found.filters) == ({"k": key, "a": "t.a", "b": "u.b"}, filters)


def test_star_after_using_has_the_key_once(origins):
    assert origins("select * from t join u using (k)", t=["k", "a"], u=["k", "b"]).values == {
        "k": "t.k",
        "a": "t.a",
        "b": "u.b",
    }


def test_star_gives_the_known_columns_in_order_and_passes_unknown_ones_on(origins):
    known = origins("select *, 1 as one from t", t=["b", "a"])
    assert list(known.values.items()) == [("b", "t.b"), ("a", "t.a"), ("one", "")]
    assert known.rest("z") is None
    assert origins("select * from (select * from t) as s").rest("z") == "t.z"


def test_star_with_exclude_replace_and_rename(origins):
    sql = "select * exclude (a) replace (b + c as b) rename (c as d) from t"
    assert origins(sql, t=["a", "b", "c"]).values == {"b": "t.b t.c", "d": "t.c"}
    unknown = origins(sql)
    assert unknown.values == {"b": "t.b t.c", "d": "t.c"}
    assert [unknown.rest(name) for name in ("a", "c", "e")] == ["", "", "t.e"]


def test_a_tables_star_is_of_that_table(origins):
    assert origins("select u.*, t.a as b2 from t, u", t=["a"], u=["a", "b"]).values == {
        "a": "u.a",
        "b": "u.b",
        "b2": "t.a",
    }


def test_one_table_twice_under_two_aliases(origins):
    found = origins("select a.x as first, b.y as second from t as a join t as b on a.k = b.parent")
    assert (found.values, found.filters) == ({"first": "t.x", "second": "t.y"}, "t.k t.parent")


def test_an_alias_clash_between_column_and_output_means_the_column(origins):
    """`cast(year as int) as year` and what follows reads the table's year, not the alias."""
    found = origins("select b as a, a as b from t", t=["a", "b"])
    assert found.values == {"a": "t.b", "b": "t.a"}


@pytest.mark.parametrize(
    ("dialect", "origin"), [("duckdb", "t.a"), ("snowflake", "t.a"), ("postgres", "t.b"), ("trino", "t.b")]
)
def test_an_alias_on_the_left_may_be_named_where_the_engine_allows_it(origins, dialect, origin):
    assert origins("select a + 1 as b, b * 2 as c from t", dialect).values["c"] == origin


def test_scalar_subqueries_give_values_and_exists_gives_rows(origins):
    found = origins(
        "select (select max(v) from u where u.k = t.k) as m, exists (select 1 from u where u.z = t.k) as e from t",
        t=["k"],
        u=["k", "v", "z"],
    )
    assert found.values == {"m": "u.v", "e": "u.(rows)"}
    assert found.influences == {"m": "t.k u.k", "e": "t.k u.z"}


def test_a_subquery_in_where_filters_with_all_it_reads(origins):
    found = origins("select a from t where k in (select k from u where ok)", t=["a", "k"], u=["k", "ok"])
    assert (found.values, found.filters) == ({"a": "t.a"}, "t.k u.k u.ok")


def test_a_recursive_cte_is_followed_until_nothing_is_new(origins):
    found = origins(
        "with recursive r(n, m, o) as (select a, b, c from t union all select m, o, n from r) select n, m from r"
    )
    assert found.values == {"n": "t.a t.b t.c", "m": "t.a t.b t.c"}


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("select x from t cross join unnest(t.xs) as u(x)", "postgres"),
        ("select x from t, unnest(xs) as x", "bigquery"),
        ("select x from t lateral view explode(xs) e as x", "spark"),
        ("select f.value as x from t, lateral flatten(input => t.xs) as f", "snowflake"),
        ("select x from t, unnest(t.xs) as u(x)", "duckdb"),
        ("select x from t cross join unnest(xs) as u (x)", "trino"),
    ],
)
def test_an_unnested_list_comes_from_its_column(origins, sql, dialect):
    assert origins(sql, dialect, t=["xs"]).values == {"x": "t.xs"}


def test_a_lateral_subquery_sees_the_tables_before_it(origins):
    found = origins(
        "select l.y from t left join lateral (select y from u where u.k = t.k order by o limit 1) as l on true",
        "postgres",
        t=["k"],
        u=["k", "y", "o"],
    )
    assert (found.values, found.influences) == ({"y": "u.y"}, {"y": "t.k u.k u.o"})


def test_an_asof_join_is_a_join(origins):
    found = origins(
        "select t.a, u.b from t asof join u on t.k = u.k and t.at >= u.at", t=["a", "k", "at"], u=["b", "k", "at"]
    )
    assert (found.values, found.filters) == ({"a": "t.a", "b": "u.b"}, "t.at t.k u.at u.k")


def test_a_pivots_columns_come_from_all_columns_there_were(origins):
    found = origins("select k, x from t pivot (sum(a) for b in ('x' as x)) as p", "snowflake", t=["a", "b", "k"])
    assert found.values == {"k": "t.k", "x": "t.a t.b t.k"}


def test_names_in_brackets_after_a_pivot_are_of_its_columns_in_order(origins):
    """A column that stays keeps its origin, if the columns before are known."""
    sql = "select p.id, p.x from t pivot (sum(a) for b in ('x')) as p (id, x)"
    assert origins(sql, "snowflake", t=["k", "a", "b"]).values == {"id": "t.k", "x": "t.a t.b t.k"}
    assert origins(sql, "snowflake").values == {"id": "t.*", "x": "t.*"}


def test_a_field_in_a_field_comes_from_the_column_of_the_table_named_before(origins):
    found = origins("select t.s.a.b as x, s.a.b.c as y, main.t.k as z from main.t", "bigquery", t=["k", "s"])
    assert found.values == {"x": "t.s", "y": "t.s", "z": "t.k"}


def test_a_name_before_a_dot_is_a_schema_a_relation_or_a_column_by_what_there_is(origins):
    """`e.items.id` is a field though a relation is called items; `t.t.a` is a column though the schema is called t."""
    fields = origins("select e.items.id as x from e, unnest(e.items) as items", "bigquery", e=["items"])
    schema = origins("select t.t.a as x, t.t.b as y from t.t", "bigquery", t=["a"])
    unknown = origins("select t.t.a as x from t.t", "bigquery")
    assert (fields.values, schema.values, unknown.values) == ({"x": "e.items"}, {"x": "t.a", "y": ""}, {"x": "t.a"})


def test_a_table_with_its_schema_is_no_cte_of_that_name(origins):
    found = origins("with t as (select a as b from raw.t), u as (select a from raw.t) select u.a, t.b from u, t")
    assert found.values == {"a": "t.a", "b": "t.a"}


def test_a_function_called_on_a_column_with_a_dot_has_that_column(origins):
    found = origins("select t.a.round(b).abs() as x, s.f.upper() as y from t", t=["a", "b", "s"])
    assert found.values == {"x": "t.a t.b", "y": "t.s"}


def test_the_schema_of_a_function_is_no_column(origins):
    assert origins("select own.clean(a) as x from t", "bigquery").values == {"x": "t.a"}


def test_a_field_of_a_struct_comes_from_its_column(origins):
    assert origins("select x.y.z as a, t.x.y as b from t", t=["x"]).values == {"a": "t.x", "b": "t.x"}


def test_an_unknown_name_may_be_of_any_table_of_unknown_columns(origins):
    assert origins("select a, b from t, u, v", t=["a"]).values == {"a": "t.a", "b": "u.b v.b"}


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "snowflake", "bigquery", "spark", "redshift", "trino"])
def test_case_does_not_matter_unless_quoted(origins, dialect):
    found = origins(
        "with Staged as (select ID as Customer_Id from T) select STAGED.customer_id from staged", dialect, T=["id"]
    )
    assert list(found.values.values()) == ["T.id"]


def test_quoted_names_that_differ_in_case_are_two(origins):
    found = origins('select "A" as upper_a, A as lower_a from t', "postgres", t=["a", "A"])
    assert found.values == {"upper_a": "t.A", "lower_a": "t.a"}


def test_quoted_names_keep_spaces_and_dots(origins):
    assert origins('select "a.b c" as x from t', t=["a.b c"]).values == {"x": "t.a.b c"}


def test_values_and_literals_come_from_nothing(origins):
    assert origins("select a, b, 7 as c from (values (1, 2)) as v(a, b)").values == {"a": "", "b": "", "c": ""}


def test_distinct_on_keeps_by_key_and_order(origins):
    found = origins("select distinct on (k) k, a from t order by k, at", "postgres")
    assert (found.values, found.filters) == ({"k": "t.k", "a": "t.a"}, "t.at t.k")


def test_brackets_around_a_join_change_nothing(origins):
    found = origins("select a, b from (t join u on t.k = u.k)", "postgres", t=["a", "k"], u=["b", "k"])
    assert found.values == {"a": "t.a", "b": "u.b"}


def test_a_correlated_subquery_may_name_an_outer_column_without_its_table(origins):
    found = origins("select (select max(v) from u where u.k = outer_k) as m from t", t=["outer_k"], u=["k", "v"])
    assert found.influences == {"m": "t.outer_k u.k"}


def test_of_two_columns_of_one_name_star_gives_the_first(origins):
    assert origins("select * from t, u", t=["a"], u=["a", "b"]).values == {"a": "t.a", "b": "u.b"}


def test_thousands_of_terms_and_hundreds_of_branches_are_read(origins):
    terms = " + ".join(f"c{number}" for number in range(3000))
    assert len(origins(f"select {terms} as total from t").values["total"].split()) == 3000
    branches = " union all ".join(f"select c{number} as c from t" for number in range(400))
    assert len(origins(branches).values["c"].split()) == 400


@pytest.mark.parametrize(
    "sql", ["select max(a), b from t", "select columns('a.*') from t", "select min(columns(*)) from t"]
)
def test_a_name_that_the_engine_makes_up_is_not_lost(origins, sql):
    assert origins(f"select x from ({sql}) as s", t=["a", "b"]).values["x"].startswith("t.a")


def test_several_aliases_of_one_expression_all_come_from_it(origins):
    assert origins("select inline(xs) as (a, b) from t", "spark").values == {"a": "t.xs", "b": "t.xs"}


def test_branches_without_names_of_their_own_go_by_place(origins):
    found = origins("select a as x, b as y from t union all select upper(c), max(d) from u")
    assert found.values == {"x": "t.a u.c", "y": "t.b u.d"}


def test_a_construct_that_is_not_taken_apart_comes_from_all_columns_inside(origins):
    found = origins("select x from (pivot t on k using sum(a))", t=["k", "a"])
    assert found.values == {"x": "t.a t.k"}


def test_final_of_clickhouse_changes_nothing(origins):
    assert origins("select o.a, arrayJoin(xs) as x from t as o final", "clickhouse").values == {"a": "t.a", "x": "t.xs"}
