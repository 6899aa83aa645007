-- snippet: second_session_length; duckdb; lookahead
with events as (
    select customer_id, occurred_at, page, lag(occurred_at) over w as previous_at
    from raw.web_events
    window w as (partition by customer_id order by occurred_at)
),
marked as (
    select *, sum(case when previous_at is null or occurred_at - previous_at > interval 30 minute then 1 else 0 end)
        over (partition by customer_id order by occurred_at rows unbounded preceding) as session_no
    from events
),
sessions as (
    select *, min(occurred_at) over (partition by customer_id, session_no) as session_started_at,
        max(occurred_at) over (partition by customer_id, session_no) as session_ended_at
    from marked
)
select customer_id, occurred_at as event_at, session_no,
    date_diff('second', session_started_at, session_ended_at) as session_seconds
from sessions

-- snippet: second_customer_dim_through_star; snowflake; current-state
with orders as (

    select * from raw.orders

),

customers as (

    select * from raw.customers

),

renamed as (

    select
        id as customer_id,
        lower(email) as email,
        segment,
        lifetime_tier
    from customers

),

final as (

    select
        orders.customer_id,
        orders.ordered_at as event_at,
        orders.amount,
        renamed.segment,
        iff(renamed.lifetime_tier = 'gold', 1, 0) as is_gold
    from orders
    left join renamed using (customer_id)

)

select * from final

-- snippet: second_day_grid_with_totals; bigquery; all-time
with days as (
    select day
    from unnest(generate_date_array('2022-01-01', current_date(), interval 1 day)) as day
),
per_customer as (
    select
        customer_id,
        countif(channel = 'web') as web_orders_count,
        countif(channel = 'app') as app_orders_count,
        sum(if(channel = 'store', amount, 0)) as store_amount
    from `raw`.`orders`
    group by customer_id
)
select
    p.customer_id,
    timestamp(d.day) as event_at,
    p.web_orders_count,
    p.app_orders_count,
    safe_divide(p.store_amount, p.web_orders_count) as ratio
from days as d
cross join per_customer as p

-- snippet: second_recent_orders_by_clock; spark; clock
select
    customer_id,
    date_trunc('MONTH', ordered_at) + interval 1 month as event_at,
    count(*) as orders_count,
    sum(case when ordered_at >= date_sub(current_date(), 90) then amount else 0 end) as recent_amount
from raw.orders
group by 1, 2

-- snippet: second_tenure_in_staging; redshift; clock
with ranked as (
    select customer_id, ordered_at, tenure_days,
        row_number() over (partition by customer_id order by ordered_at) as order_no
    from shop.int_orders
)
select customer_id, ordered_at as event_at, order_no, tenure_days
from ranked
-- above: stg_orders
select o.order_id, o.customer_id, o.ordered_at, datediff(day, o.signed_up_on, getdate()) as tenure_days
from raw.orders as o
where o.status <> 'test'
-- above: int_orders
select * from shop.stg_orders where customer_id is not null

-- snippet: second_median_of_everything; trino; lookahead
select
    o.customer_id,
    o.ordered_at as event_at,
    o.amount / nullif(approx_percentile(o.amount, 0.5) over (partition by o.store_id), 0) as amount_to_median
from raw.orders as o

-- snippet: second_next_return_lateral; postgres; lookahead
select o.customer_id, o.ordered_at as event_at, next_return.reason, next_return.returned_at - o.ordered_at as until_return
from raw.orders o
left join lateral (
    select r.reason, r.returned_at
    from raw.returns r
    where r.customer_id = o.customer_id
      and r.returned_at > o.ordered_at
    order by r.returned_at
    limit 1
) next_return on true

-- snippet: second_asof_forwards; duckdb; lookahead
with o as (select customer_id, ordered_at, amount from raw.orders),
     p as (select customer_id, paid_at, method from raw.payments)
select o.customer_id, o.ordered_at as event_at, o.amount, p.method as next_payment_method
from o
asof left join p on o.customer_id = p.customer_id and o.ordered_at <= p.paid_at

-- snippet: second_scd2_current_row_only; snowflake; current-state
with customer_history as (
    select customer_id, plan_name, country, dbt_valid_from, dbt_valid_to
    from shop.customers_snapshot
),
current_customers as (
    select customer_id, plan_name, country
    from customer_history
    where dbt_valid_to is null
),
pageviews as (
    select customer_id, occurred_at, url from raw.web_events where event_name = 'page_view'
)
select
    pageviews.customer_id,
    pageviews.occurred_at as event_at,
    count(*) over (partition by pageviews.customer_id order by pageviews.occurred_at
        rows between unbounded preceding and current row) as pageviews_count,
    current_customers.plan_name
from pageviews
inner join current_customers on current_customers.customer_id = pageviews.customer_id

-- snippet: second_last_touch_by_descending; bigquery; lookahead
with touches as (
    select customer_id, occurred_at, utm_source
    from `raw`.`web_events`
    where utm_source is not null
)
select
    customer_id,
    occurred_at as event_at,
    utm_source,
    first_value(utm_source) over (partition by customer_id order by occurred_at desc) as last_touch_source
from touches

-- snippet: second_next_order_gap_incremental; snowflake; lookahead
with source as (
    select * from raw.orders
    where ordered_at > (select coalesce(max(event_at), '1900-01-01'::timestamp) from shop.features)
),
deduped as (
    select * from source
    qualify row_number() over (partition by order_id order by updated_at desc) = 1
),
gaps as (
    select customer_id, ordered_at, amount,
        datediff('day', ordered_at, lead(ordered_at, 1) over (partition by customer_id order by ordered_at)) as gap_days
    from deduped
)
select customer_id, ordered_at as event_at, amount, coalesce(gap_days, 999) as days_to_next_order
from gaps

-- snippet: second_airbyte_stamp; spark; load-time
with source as (select * from raw.payments),
renamed as (
    select
        cast(customer_id as bigint) as customer_id,
        cast(amount as double) as amount,
        _airbyte_extracted_at as extracted_at
    from source
),
final as (
    select customer_id, extracted_at as event_at, amount,
        sum(amount) over (partition by customer_id order by extracted_at rows between unbounded preceding and current row) as paid_total
    from renamed
)
select customer_id, event_at, paid_total from final

-- snippet: second_union_with_one_loaded_branch; postgres; load-time
with activity as (
    select customer_id, ordered_at as happened_at, 'order' as kind from raw.orders
    union all
    select customer_id, paid_at, 'payment' from raw.payments
    union all
    select customer_id, _sdc_received_at, 'return' from raw.returns
)
select customer_id, happened_at as event_at, kind,
    count(*) over (partition by customer_id, kind order by happened_at) as kind_count
from activity

-- snippet: second_daily_cast_to_date; postgres; period-start
with daily as (
    select customer_id, ordered_at::date as order_day, count(*) as orders_count, sum(amount) as amount_sum
    from raw.orders
    group by customer_id, ordered_at::date
)
select customer_id, order_day::timestamp as event_at, orders_count, amount_sum
from daily

-- snippet: second_month_pivot; trino; period-start
with monthly as (
    select
        customer_id,
        date_trunc('month', occurred_at) as month_at,
        count_if(event_name = 'search') as searches_count,
        count_if(event_name = 'add_to_cart') as carts_count,
        max(case when event_name = 'purchase' then 1 else 0 end) as has_purchased
    from raw.web_events
    group by 1, 2
),
rates as (
    select *, cast(carts_count as double) / nullif(searches_count, 0) as cart_rate from monthly
)
select customer_id, cast(month_at as timestamp(6)) as event_at, searches_count, cart_rate, has_purchased
from rates

-- snippet: second_random_bucket; redshift; random
with assigned as (
    select customer_id, occurred_at, case when random() < 0.5 then 'a' else 'b' end as bucket
    from raw.web_events
)
select customer_id, occurred_at as event_at, bucket,
    count(*) over (partition by customer_id, bucket order by occurred_at rows unbounded preceding) as events_count
from assigned

-- snippet: second_sum_of_payments_subquery; postgres; all-time
select
    o.customer_id,
    o.ordered_at as event_at,
    o.amount,
    coalesce((select sum(p.amount) from raw.payments p where p.customer_id = o.customer_id), 0) as paid_total
from raw.orders o
where o.status = 'completed'

-- snippet: second_last_order_joined_back; snowflake; all-time
with base as (
    select customer_id, order_id, ordered_at, amount from raw.orders
),
bounds as (
    select customer_id, max(ordered_at) as last_ordered_at, count(distinct order_id) as orders_count
    from base
    group by customer_id
),
joined as (
    select base.*, bounds.last_ordered_at, bounds.orders_count
    from base
    left join bounds on base.customer_id = bounds.customer_id
)
select customer_id, ordered_at as event_at, datediff(day, ordered_at, last_ordered_at) as days_before_last, orders_count
from joined

-- snippet: second_z_score_with_global_stats; bigquery; all-time
with stats as (
    select avg(amount) as mean_amount, stddev(amount) as sd_amount
    from `raw`.`orders`
)
select o.customer_id, o.ordered_at as event_at, (o.amount - stats.mean_amount) / nullif(stats.sd_amount, 0) as amount_z
from `raw`.`orders` as o, stats

-- snippet: second_centred_moving_average; duckdb; lookahead
with daily as (
    select customer_id, date_trunc('day', ordered_at) as day, sum(amount) as amount
    from raw.orders
    group by all
)
select customer_id, day + interval 1 day as event_at,
    avg(amount) over (partition by customer_id order by day rows between 3 preceding and 3 following) as amount_avg_centred
from daily
