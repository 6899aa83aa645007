-- snippet: age_in_days; snowflake; clock
select customer_id, ordered_at as event_at, datediff('day', signed_up_at, current_date()) as age_days
from raw.orders

-- snippet: last_thirty_days; postgres; clock
select customer_id, ordered_at as event_at, amount
from raw.orders
where ordered_at >= now() - interval '30 days'

-- snippet: recency_bucket; bigquery; clock
with orders as (
    select customer_id, ordered_at, amount from `raw`.`orders`
)
select
    customer_id,
    ordered_at as event_at,
    case when timestamp_diff(current_timestamp(), ordered_at, day) < 7 then 'new' else 'old' end as recency
from orders

-- snippet: getdate_age; redshift; clock
select customer_id, ordered_at as event_at, datediff(day, ordered_at, getdate()) as days_since_order
from raw.orders

-- snippet: age_with_one_argument; postgres; clock
select customer_id, ordered_at as event_at, extract(year from age(birth_date)) as age_years
from raw.orders

-- snippet: word_now; duckdb; clock
select customer_id, ordered_at as event_at, date_diff('day', ordered_at, 'today'::date) as days_since
from raw.orders

-- snippet: unix_now; spark; clock
select customer_id, ordered_at as event_at, unix_timestamp() - unix_timestamp(ordered_at) as seconds_since
from raw.orders

-- snippet: sysdate_in_staging; snowflake; clock
select customer_id, ordered_at as event_at, is_recent
from shop.stg_orders
-- above: stg_orders
select customer_id, ordered_at, iff(ordered_at > dateadd('day', -7, sysdate()), 1, 0) as is_recent
from raw.orders

-- snippet: clickhouse_now; clickhouse; clock
select customer_id, ordered_at as event_at, dateDiff('day', ordered_at, now()) as days_since
from raw.orders

-- snippet: trino_current_date; trino; clock
select customer_id, ordered_at as event_at, date_diff('day', date(ordered_at), current_date) as days_since
from raw.orders

-- snippet: sql_server_utc; sqlserver; clock
select customer_id, ordered_at as event_at, datediff(day, ordered_at, getutcdate()) as days_since
from raw.orders

-- snippet: clock_in_a_joined_cte; postgres; clock
with clock as (
    select clock_timestamp() as as_of
)
select o.customer_id, o.ordered_at as event_at, extract(day from c.as_of - o.ordered_at) as days_open
from raw.orders o
cross join clock c

-- snippet: clock_words_in_comments_and_strings; postgres; hard clean
-- rebuilt daily, so now() would be wrong here: current_timestamp is banned
select customer_id, ordered_at as event_at, 'now()' as label, 'current_date' as other
from raw.orders

-- snippet: columns_called_like_clocks; bigquery; hard clean
select o.customer_id, o.ordered_at as event_at, o.now as value, o.`current_date` as other
from raw.orders as o

-- snippet: only_what_has_happened; snowflake; hard clean
select customer_id, ordered_at as event_at, amount
from raw.orders
where ordered_at <= current_timestamp()

-- snippet: incremental_by_maximum; duckdb; hard clean
-- materialized: incremental
select customer_id, ordered_at as event_at, amount
from raw.orders
where ordered_at > (select coalesce(max(event_at), timestamp '1900-01-01') from shop.features)

-- snippet: incremental_last_three_days; redshift; hard clean
-- materialized: incremental
select customer_id, ordered_at as event_at, amount
from raw.orders
where ordered_at >= dateadd(day, -3, getdate())

-- snippet: audit_column_in_staging; snowflake; hard clean
select customer_id, ordered_at as event_at, amount as value
from shop.stg_orders
-- above: stg_orders
select customer_id, ordered_at, amount, current_timestamp() as dbt_processed_at
from raw.orders

-- snippet: created_when_first_seen; postgres; hard clean
-- created timestamp: known_at
-- materialized: incremental
select customer_id, ordered_at as event_at, amount, current_timestamp as known_at
from raw.orders

-- snippet: open_validity_ends_now; spark; hard clean
with plans as (
    select customer_id, plan, valid_from, coalesce(valid_to, current_timestamp()) as valid_to
    from raw.customer_plans
)
select o.customer_id, o.ordered_at as event_at, p.plan
from raw.orders o
join plans p
    on p.customer_id = o.customer_id
    and o.ordered_at >= p.valid_from
    and o.ordered_at < p.valid_to

-- snippet: grid_of_days_until_today; duckdb; hard clean
with days as (
    select unnest(generate_series(timestamp '2024-01-01', current_timestamp, interval 1 day)) as event_at
)
select o.customer_id, d.event_at, count(*) as orders_count
from days d
join raw.orders o on o.ordered_at <= d.event_at
group by o.customer_id, d.event_at

-- snippet: age_between_two_instants; postgres; hard clean
select customer_id, ordered_at as event_at, extract(year from age(ordered_at, birth_date)) as age_years
from raw.orders

-- snippet: version_five_and_hash; snowflake; hard clean
select customer_id, ordered_at as event_at, uuid_string('fe971b24-9572-4005-b22f-351e9c09274d', order_id) as value, md5(order_id) as other
from raw.orders

-- snippet: between_a_moving_start; trino; clock
select customer_id, ordered_at as event_at, amount
from raw.orders
where ordered_at between current_date - interval '30' day and timestamp '2030-01-01 00:00:00'
