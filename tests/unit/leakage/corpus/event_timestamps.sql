-- snippet: fivetran_synced; snowflake; load-time
select customer_id, _fivetran_synced as event_at, amount from raw.orders

-- snippet: loaded_at_through_ctes; postgres; load-time
with source as (select * from raw.orders),
renamed as (select customer_id, loaded_at as event_at, amount from source)
select * from renamed

-- snippet: airbyte_in_staging; bigquery; load-time
select customer_id, updated_at as event_at, amount from shop.stg_orders
-- above: stg_orders
select customer_id, _airbyte_extracted_at as updated_at, amount from raw.orders

-- snippet: clock_as_event; duckdb; load-time
select customer_id, current_timestamp as event_at, amount from raw.orders

-- snippet: clock_where_unknown; redshift; load-time
select customer_id, coalesce(ordered_at, getdate()) as event_at, amount from raw.orders

-- snippet: falls_back_on_load; spark; load-time
select customer_id, coalesce(ordered_at, _sdc_batched_at) as event_at, amount from raw.orders

-- snippet: one_arm_of_the_union; trino; load-time
select customer_id, ordered_at as event_at, amount from raw.orders
union all
select customer_id, ingested_at as event_at, amount from raw.returns

-- snippet: partition_time; bigquery; load-time
select customer_id, _PARTITIONTIME as event_at, amount from raw.orders

-- snippet: dbt_updated; postgres; load-time
select customer_id, dbt_updated_at as event_at, segment from shop.customers_snapshot

-- snippet: etl_column_starred; snowflake; load-time
-- event timestamp: etl_loaded_at
with source as (select * from raw.orders)
select * from source

-- snippet: load_time_as_created; snowflake; hard clean
-- created timestamp: known_at
select customer_id, ordered_at as event_at, _fivetran_synced as known_at, amount from raw.orders

-- snippet: never_before_it_was_loaded; postgres; hard clean
select customer_id, greatest(ordered_at, _loaded_at) as event_at, amount from raw.orders

-- snippet: load_time_only_orders; bigquery; hard clean
with newest_copy as (
    select * from raw.orders
    qualify row_number() over (partition by order_id order by ingested_at desc) = 1
)
select customer_id, ordered_at as event_at, amount from newest_copy

-- snippet: day_at_its_start; postgres; period-start
select customer_id, date_trunc('day', ordered_at) as event_at, sum(amount) as amount_day
from raw.orders group by 1, 2

-- snippet: month_at_its_start; snowflake; period-start
with monthly as (
    select customer_id, date_trunc('month', ordered_at) as month, count(*) as orders_count from raw.orders group by 1, 2
)
select customer_id, month as event_at, orders_count from monthly

-- snippet: cast_to_date; duckdb; period-start
select customer_id, cast(cast(ordered_at as date) as timestamp) as event_at, sum(amount) as amount_day
from raw.orders group by all

-- snippet: daily_model_above; bigquery; period-start
select customer_id, order_day as event_at, orders_count from shop.int_daily
-- above: int_daily
select customer_id, timestamp_trunc(ordered_at, day) as order_day, count(*) as orders_count from raw.orders group by 1, 2

-- snippet: window_with_the_day_itself; trino; period-start
with daily as (
    select customer_id, date_trunc('day', ordered_at) as day, sum(amount) as amount from raw.orders group by 1, 2
)
select customer_id, day as event_at,
    sum(amount) over (partition by customer_id order by day rows between 6 preceding and current row) as amount_7d
from daily

-- snippet: day_at_its_end; postgres; hard clean
select customer_id, date_trunc('day', ordered_at) + interval '1 day' as event_at, sum(amount) as amount_day
from raw.orders group by 1, 2

-- snippet: month_moved_in_the_view; snowflake; hard clean
select customer_id, dateadd('month', 1, month) as event_at, orders_count from shop.int_monthly
-- above: int_monthly
select customer_id, date_trunc('month', ordered_at) as month, count(*) as orders_count from raw.orders group by 1, 2

-- snippet: only_days_before; redshift; hard clean
with daily as (
    select customer_id, date_trunc('day', ordered_at) as day, sum(amount) as amount from raw.orders group by 1, 2
)
select customer_id, day as event_at,
    sum(amount) over (partition by customer_id order by day rows between 7 preceding and 1 preceding) as amount_7d
from daily

-- snippet: day_known_at_its_end; duckdb; hard clean
-- created timestamp: known_at
select customer_id, date_trunc('day', ordered_at) as event_at, date_trunc('day', ordered_at) + interval 1 day as known_at, sum(amount) as amount_day
from raw.orders group by 1, 2, 3

-- snippet: dates_are_dates; postgres; hard clean
select customer_id, cast(order_date as date) as event_at, amount from raw.orders

-- snippet: later_of_two_above; snowflake; hard clean
select customer_id, loaded_at as event_at, amount from shop.stg_orders
-- above: stg_orders
select customer_id, greatest(ordered_at, _fivetran_synced) as loaded_at, amount from raw.orders

-- snippet: truncated_in_redshift; redshift; period-start
with daily as (select customer_id, trunc(ordered_at) as day, count(*) as orders_count from raw.orders group by 1, 2)
select customer_id, day::timestamp as event_at, orders_count from daily
