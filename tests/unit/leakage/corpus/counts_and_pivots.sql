-- snippet: count_recent_without_end; snowflake; lookahead
select a.customer_id, a.ordered_at as event_at, sum(case when datediff('day', r.returned_at, a.ordered_at) <= 30 then r.amount else 0 end) as returned_30d
from raw.orders a left join raw.returns r on r.customer_id = a.customer_id
group by 1, 2

-- snippet: count_with_end_in_join; snowflake; hard clean
select a.customer_id, a.ordered_at as event_at,
  sum(case when datediff('day', r.returned_at, a.ordered_at) <= 30 then r.amount else 0 end) as returned_30d,
  sum(case when r.returned_at >= dateadd(day, -7, a.ordered_at) then 1 end) as n_7d
from raw.orders a left join raw.returns r on r.customer_id = a.customer_id and r.returned_at <= a.ordered_at
group by 1, 2

-- snippet: count_nothing_of_later; postgres; hard clean
select a.customer_id, a.ordered_at as event_at,
  sum(case when r.returned_at > a.ordered_at then 0 else r.amount end) as returned,
  count(*) filter (where r.returned_at > a.ordered_at - interval '7 days' and r.returned_at <= a.ordered_at) as n_7d
from raw.orders a left join raw.returns r on r.customer_id = a.customer_id
group by 1, 2

-- snippet: late_payments; bigquery; hard clean
select p.customer_id, p.paid_at as event_at, countif(p.paid_at > o.due_at) as is_late
from `raw`.`payments` p join `raw`.`orders` o on o.order_id = p.order_id
group by 1, 2

-- snippet: pivot_by_month; snowflake; hard clean
with p as (
  select * from (select customer_id, dateadd(month, 1, date_trunc('month', ordered_at)) as month_end, channel, amount from raw.orders)
  pivot (sum(amount) for channel in ('web', 'app')) as p (customer_id, month_end, web, app)
)
select customer_id, month_end as event_at, web, app from p

-- snippet: duck_pivot; duckdb; all-time
with p as (pivot raw.orders on channel using sum(amount) group by customer_id)
select o.customer_id, o.ordered_at as event_at, p.* exclude (customer_id) from raw.orders o join p using (customer_id)

-- snippet: union_by_name; duckdb; hard clean
with a as (
  select customer_id, ordered_at as at, _fivetran_synced as synced from raw.orders
  union all by name
  select customer_id, _fivetran_synced as synced, paid_at as at from raw.payments
)
select customer_id, at as event_at, count(*) over (partition by customer_id order by at) as n from a

-- snippet: union_swapped; postgres; load-time
with a as (
  select customer_id, ordered_at as at, _fivetran_synced as synced from raw.orders
  union all
  select customer_id, _fivetran_synced as synced, paid_at as at from raw.payments
)
select customer_id, at as event_at, count(*) over (partition by customer_id order by at) as n from a

-- snippet: recursive_days; postgres; hard clean
with recursive days(day) as (
  select timestamp '2022-01-01' union all select day + interval '1 day' from days where day < now()
)
select o.customer_id, d.day as event_at, count(*) as n from days d join raw.orders o on o.ordered_at <= d.day group by 1, 2

-- snippet: random_id_passed_on; snowflake; hard clean
select customer_id, event_at, n from shop.int_a
-- above: stg_a
select customer_id, ordered_at, uuid_string() as _row_id from raw.orders
-- above: int_a
select customer_id, ordered_at as event_at, _row_id, count(*) over (partition by customer_id order by ordered_at) as n from shop.stg_a

-- snippet: random_id_joined; snowflake; random
select customer_id, event_at, n from shop.int_b
-- above: stg_b
select customer_id, ordered_at, uuid_string() as _row_id from raw.orders
-- above: int_b
select customer_id, ordered_at as event_at, md5(_row_id) as n from shop.stg_b

-- snippet: pivot_joined_by_its_own_name; snowflake; all-time
select o.customer_id, o.ordered_at as event_at, p.web
from raw.orders o
join (select customer_id, channel, amount from raw.payments) pivot (sum(amount) for channel in ('web', 'app')) as p (customer_id, web, app)
    on p.customer_id = o.customer_id

-- snippet: pivot_by_day_joined_to_the_day_before; snowflake; hard clean
with p as (
    select * from (select customer_id, date(paid_at) as day, channel, amount from raw.payments)
    pivot (sum(amount) for channel in ('web', 'app')) as p (customer_id, day, web, app)
)
select o.customer_id, o.ordered_at as event_at, p.web
from raw.orders o left join p on p.customer_id = o.customer_id and p.day = date(o.ordered_at) - 1

-- snippet: later_ones_count_as_something_else; postgres; lookahead
select a.customer_id, a.ordered_at as event_at, max(case when r.returned_at > a.ordered_at then 'later' else r.reason end) as reason
from raw.orders a left join raw.returns r on r.customer_id = a.customer_id
group by 1, 2

-- snippet: later_ones_count_nothing; postgres; hard clean
select a.customer_id, a.ordered_at as event_at,
    sum(case when r.returned_at > a.ordered_at then 0 when r.returned_at <= a.ordered_at then r.amount end) as returned
from raw.orders a left join raw.returns r on r.customer_id = a.customer_id
group by 1, 2

-- snippet: union_by_name_of_arms_in_brackets; duckdb; hard clean
with a as (
    (select customer_id, ordered_at as at, _fivetran_synced as synced from raw.orders)
    union all by name
    (select customer_id, _fivetran_synced as synced, paid_at as at from raw.payments)
)
select customer_id, at as event_at, count(*) over (partition by customer_id order by at) as n from a

-- snippet: random_join_key; postgres; random
-- join keys: row_key
select gen_random_uuid() as row_key, ordered_at as event_at, amount from raw.orders

-- snippet: created_timestamp_of_each_build; postgres; clock
-- created timestamp: known_at
select customer_id, ordered_at as event_at, amount, now() as known_at from raw.orders

-- snippet: created_timestamp_of_each_build_above; postgres; clock
-- created timestamp: known_at
select customer_id, ordered_at as event_at, amount, known_at from shop.stamped
-- above: stamped
select *, now() as known_at from raw.orders

-- snippet: created_timestamp_above_an_incremental_view; postgres; hard clean
-- created timestamp: known_at
-- materialized: incremental
select customer_id, ordered_at as event_at, amount, known_at from shop.stamped_rows
-- above: stamped_rows
select *, now() as known_at from raw.orders

-- snippet: snapshot_of_a_deferred_schema; postgres; current-state
select o.customer_id, o.ordered_at as event_at, c.tier
from raw.orders o left join production.customers_snapshot c on c.customer_id = o.customer_id
