"""Each rule: the leak it reports, with severity and SQL, and the mended SQL it leaves alone."""

from __future__ import annotations

import pytest

PAIRS = {
    "leakage/clock": (
        "error",
        "CURRENT_DATE - signed_up_on AS tenure_days",
        "select customer_id, ordered_at as event_at, current_date - signed_up_on as tenure_days from raw.orders",
        "select customer_id, ordered_at as event_at, ordered_at::date - signed_up_on as tenure_days from raw.orders",
    ),
    "leakage/random": (
        "error",
        "RANDOM() < 0.5 AS is_train",
        "select customer_id, ordered_at as event_at, random() < 0.5 as is_train from raw.orders",
        "select customer_id, ordered_at as event_at, hashtext(customer_id) % 2 = 0 as is_train from raw.orders",
    ),
    "leakage/lookahead": (
        "error",
        "LEAD(amount) OVER (PARTITION BY customer_id ORDER BY ordered_at)",
        "select customer_id, ordered_at as event_at, lead(amount) over (partition by customer_id order by ordered_at) as x from raw.orders",
        "select customer_id, ordered_at as event_at, lag(amount) over (partition by customer_id order by ordered_at) as x from raw.orders",
    ),
    "leakage/all-time": (
        "error",
        "SUM(amount)",
        (
            "select o.customer_id, o.ordered_at as event_at, t.total from raw.orders o "
            "join (select customer_id, sum(amount) as total from raw.orders group by 1) t on t.customer_id = o.customer_id"
        ),
        (
            "select o.customer_id, o.ordered_at as event_at, sum(h.amount) as total from raw.orders o "
            "join raw.orders h on h.customer_id = o.customer_id and h.ordered_at <= o.ordered_at group by 1, 2"
        ),
    ),
    "leakage/current-state": (
        "warning",
        "JOIN raw.customers AS c ON c.customer_id = o.customer_id",
        "select o.customer_id, o.ordered_at as event_at, c.tier from raw.orders o join raw.customers c on c.customer_id = o.customer_id",
        (
            "select o.customer_id, o.ordered_at as event_at, c.tier from raw.orders o join shop.customers_snapshot c "
            "on c.customer_id = o.customer_id and c.dbt_valid_from <= o.ordered_at and o.ordered_at < coalesce(c.dbt_valid_to, 'infinity')"
        ),
    ),
    "leakage/load-time": (
        "error",
        "_fivetran_synced",
        "select customer_id, _fivetran_synced as event_at from raw.orders",
        "select customer_id, ordered_at as event_at from raw.orders",
    ),
    "leakage/period-start": (
        "error",
        "DATE_TRUNC('DAY', ordered_at)",
        "select customer_id, date_trunc('day', ordered_at) as event_at, count(*) as n from raw.orders group by 1, 2",
        "select customer_id, date_trunc('day', ordered_at) + interval '1 day' as event_at, count(*) as n from raw.orders group by 1, 2",
    ),
}


@pytest.mark.parametrize("rule", PAIRS)
def test_a_leak_is_reported_with_its_sql_and_how_to_mend_it(rule, lint):
    """One finding, at the model's SQL file, that quotes the fragment."""
    severity, fragment, leaky, _ = PAIRS[rule]
    (finding,) = lint(leaky)

    assert (finding.rule, finding.severity, finding.sql) == (rule, severity, fragment)
    assert (finding.node, finding.path) == ("features", "models/features.sql")
    assert finding.message.startswith("compiled SQL: expected ")
    assert finding.message.endswith(f", got {fragment!r}")
    assert finding.hint


@pytest.mark.parametrize("rule", PAIRS)
def test_the_mended_sql_is_clean(rule, lint):
    """The same feature without the leak."""
    assert [str(finding) for finding in lint(PAIRS[rule][3])] == []


def test_a_long_fragment_is_shortened(lint):
    """A finding is for reading: 160 characters at most, on one line."""
    (finding,) = lint(
        f"select customer_id, ordered_at as event_at, now() in ({', '.join(map(str, range(200)))}) as x from raw.orders"
    )

    assert 150 < len(finding.sql) <= 160
    assert finding.sql.endswith(" ...")
    assert "\n" not in finding.sql


def test_the_same_fragment_is_reported_once(lint):
    """Two uses of one expression are one problem to mend."""
    twice = "select customer_id, ordered_at as event_at, now() as a from raw.orders union all select customer_id, ordered_at, now() as a from raw.orders"

    assert [finding.rule for finding in lint(twice)] == ["leakage/clock"]


def test_a_leak_in_any_arm_of_a_union_is_found(lint):
    """The event timestamp is traced through each."""
    arms = "select customer_id, ordered_at as event_at from raw.orders union all select customer_id, _loaded_at as event_at from raw.returns"

    assert [finding.sql for finding in lint(arms)] == ["_loaded_at"]


def test_an_event_timestamp_of_a_recursive_query_ends_the_search(lint):
    """A CTE that names itself is not followed for ever."""
    recursive = (
        "with recursive chain as (select customer_id, ordered_at as event_at from raw.orders "
        "union all select customer_id, event_at + interval '1 day' from chain) select * from chain"
    )

    assert lint(recursive) == []


def test_ctes_that_share_ctes_are_searched_once(lint):
    """Forty doublings are a million million ways from the result to the source."""
    shared = [f"c{n} as (select * from c{n - 1} union all select * from c{n - 1})" for n in range(1, 41)]
    query = f"with c0 as (select * from raw.orders), {', '.join(shared)} select customer_id, _loaded_at as event_at from c40"

    assert [finding.rule for finding in lint(query)] == ["leakage/load-time"]
