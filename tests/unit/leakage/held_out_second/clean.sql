-- snippet: second_sessions_so_far; duckdb; hard clean
with events as (
    select customer_id, occurred_at, lag(occurred_at) over (partition by customer_id order by occurred_at) as previous_at
    from raw.web_events
),
marked as (
    select *, coalesce(occurred_at - previous_at > interval 30 minute, true) as is_start
    from events
),
numbered as (
    select *, count(*) filter (where is_start) over (partition by customer_id order by occurred_at) as session_no
    from marked
)
select customer_id, occurred_at as event_at, session_no,
    row_number() over (partition by customer_id, session_no order by occurred_at) as events_in_session_count,
    date_diff('second', min(occurred_at) over (partition by customer_id, session_no), occurred_at) as session_age_seconds
from numbered

-- snippet: second_dedup_by_sync_time; snowflake; hard clean
with source as (
    select * from raw.orders
),
latest as (
    select *
    from source
    qualify row_number() over (partition by order_id order by _fivetran_synced desc) = 1
)
select
    customer_id,
    ordered_at as event_at,
    amount - lag(amount) over (partition by customer_id order by ordered_at) as amount_change,
    datediff('hour', lag(ordered_at) over (partition by customer_id order by ordered_at), ordered_at) as hours_since_order
from latest
where not coalesce(_fivetran_deleted, false)

-- snippet: second_incremental_with_reread; bigquery; hard clean
-- materialized: incremental
with new_events as (
    select customer_id, occurred_at, event_name
    from `raw`.`web_events`
    where occurred_at >= timestamp_sub((select max(event_at) from `shop`.`features`), interval 3 day)
      and date(occurred_at) <= current_date()
)
select customer_id, occurred_at as event_at,
    countif(event_name = 'login') over (partition by customer_id order by unix_seconds(occurred_at)
        range between 86400 preceding and current row) as logins_count_1d
from new_events

-- snippet: second_plans_by_validity; postgres; hard clean
with plans as (
    select customer_id, plan_name, monthly_price, valid_from,
        coalesce(valid_to, '9999-12-31'::timestamp) as valid_to
    from raw.customer_plans
)
select o.customer_id, o.ordered_at as event_at, plans.plan_name, o.amount / nullif(plans.monthly_price, 0) as amount_to_price
from raw.orders o
left join plans
    on plans.customer_id = o.customer_id
    and o.ordered_at >= plans.valid_from
    and o.ordered_at < plans.valid_to

-- snippet: second_ranges_from_lead; snowflake; hard clean
with price_ranges as (
    select * from shop.int_price_ranges
)
select o.customer_id, o.ordered_at as event_at, o.amount - r.price as amount_above_price
from raw.orders as o
inner join price_ranges as r
    on r.product_id = o.product_id
    and o.ordered_at >= r.starts_at
    and o.ordered_at < r.ends_at
-- above: int_price_ranges
select product_id, price, changed_at as starts_at,
    coalesce(lead(changed_at) over (partition by product_id order by changed_at), to_timestamp('9999-12-31')) as ends_at
from raw.products

-- snippet: second_spine_of_days; spark; hard clean
with days as (
    select explode(sequence(to_timestamp('2022-01-01'), current_timestamp(), interval 1 day)) as day_at
),
customers as (
    select distinct customer_id from raw.orders
),
grid as (
    select c.customer_id, d.day_at from customers c cross join days d
)
select g.customer_id, g.day_at as event_at, count(o.order_id) as orders_count_30d, coalesce(sum(o.amount), 0) as amount_sum_30d
from grid g
left join raw.orders o
    on o.customer_id = g.customer_id
    and o.ordered_at <= g.day_at
    and o.ordered_at > g.day_at - interval 30 days
group by g.customer_id, g.day_at

-- snippet: second_days_filled_and_stamped_at_end; bigquery; hard clean
with days as (
    select day from unnest(generate_date_array('2023-01-01', date_sub(current_date('UTC'), interval 1 day))) as day
),
firsts as (
    select customer_id, date(min(ordered_at)) as first_day from `raw`.`orders` group by 1
),
daily as (
    select customer_id, date(ordered_at) as day, sum(amount) as amount, count(*) as orders
    from `raw`.`orders`
    group by 1, 2
),
filled as (
    select f.customer_id, d.day, coalesce(x.amount, 0) as amount, coalesce(x.orders, 0) as orders
    from firsts as f
    join days as d on d.day >= f.first_day
    left join daily as x on x.customer_id = f.customer_id and x.day = d.day
)
select customer_id, timestamp(date_add(day, interval 1 day)) as event_at,
    sum(amount) over (partition by customer_id order by day rows between 6 preceding and current row) as amount_sum_7d,
    sum(orders) over (partition by customer_id order by day rows between 6 preceding and current row) as orders_count_7d
from filled

-- snippet: second_items_of_the_order; redshift; hard clean
with items as (
    select order_id,
        listagg(distinct category, ',') within group (order by category) as categories,
        count(*) as items_count,
        sum(quantity * unit_price) as gross_amount
    from raw.order_items
    group by order_id
)
select o.customer_id, o.ordered_at as event_at, items.categories, items.items_count,
    1 - o.amount / nullif(items.gross_amount, 0) as discount_share
from raw.orders o
left join items on items.order_id = o.order_id

-- snippet: second_first_touch; trino; hard clean
with touches as (
    select customer_id, occurred_at, utm_source,
        first_value(utm_source) ignore nulls over (partition by customer_id order by occurred_at
            rows between unbounded preceding and current row) as first_source
    from raw.web_events
)
select customer_id, occurred_at as event_at, first_source,
    if(utm_source = first_source, 1, 0) as is_first_source
from touches

-- snippet: second_newest_ticket_before; postgres; hard clean
select o.customer_id, o.ordered_at as event_at, t.priority as last_ticket_priority,
    extract(epoch from o.ordered_at - t.opened_at) / 3600 as hours_since_ticket
from raw.orders as o
left join lateral (
    select tickets.priority, tickets.opened_at
    from raw.tickets
    where tickets.customer_id = o.customer_id
      and tickets.opened_at <= o.ordered_at
    order by tickets.opened_at desc
    limit 1
) as t on true

-- snippet: second_asof_backwards; duckdb; hard clean
select o.customer_id, o.ordered_at as event_at, o.amount * r.rate as amount_usd
from raw.orders as o
asof left join raw.fx_rates as r
    on r.currency = o.currency and o.ordered_at >= r.quoted_at

-- snippet: second_snowflake_asof; snowflake; hard clean
select o.customer_id, o.ordered_at as event_at, o.amount / r.rate as amount_eur
from raw.orders o
asof join raw.fx_rates r
    match_condition (o.ordered_at >= r.quoted_at)
    on o.currency = r.currency

-- snippet: second_activity_stream_carried_forward; bigquery; hard clean
with stream as (
    select customer_id, ordered_at as happened_at, amount, cast(null as string) as plan from `raw`.`orders`
    union all
    select customer_id, paid_at, null, null from `raw`.`payments`
    union all
    select customer_id, occurred_at, null, json_value(payload, '$.plan') from `raw`.`web_events`
),
carried as (
    select customer_id, happened_at,
        last_value(plan ignore nulls) over w as plan,
        last_value(amount ignore nulls) over w as last_amount
    from stream
    window w as (partition by customer_id order by happened_at rows between unbounded preceding and current row)
)
select customer_id, happened_at as event_at, plan, last_amount
from carried
qualify row_number() over (partition by customer_id, happened_at order by plan) = 1

-- snippet: second_seed_and_static_case; spark; hard clean
select
    o.customer_id,
    o.ordered_at as event_at,
    r.region,
    case dayofweek(o.ordered_at) when 1 then true when 7 then true else false end as is_weekend,
    avg(o.amount) over (partition by o.customer_id order by cast(o.ordered_at as long)
        range between 604800 preceding and 1 preceding) as amount_avg_7d
from raw.orders o
left join shop.country_regions r on upper(o.country) = r.country_code

-- snippet: second_whole_days_only; redshift; hard clean
with daily as (
    select customer_id, dateadd(day, 1, date_trunc('day', paid_at)) as known_from,
        sum(amount) as paid_sum, count(distinct method) as methods_count
    from raw.payments
    where paid_at < date_trunc('day', getdate())
    group by 1, 2
)
select customer_id, known_from as event_at, paid_sum, methods_count
from daily

-- snippet: second_tenure_from_first_order; trino; hard clean
with firsts as (
    select customer_id, min(ordered_at) as first_ordered_at
    from raw.orders
    group by customer_id
)
select w.customer_id, w.occurred_at as event_at,
    date_diff('day', f.first_ordered_at, w.occurred_at) as days_since_first_order
from raw.web_events w
join firsts f on f.customer_id = w.customer_id and f.first_ordered_at <= w.occurred_at

-- snippet: second_previous_by_descending_lead; postgres; hard clean
with numbered as (
    select customer_id, ordered_at, amount,
        lead(ordered_at) over by_newest as previous_ordered_at,
        lead(amount, 1, 0) over by_newest as previous_amount
    from raw.orders
    window by_newest as (partition by customer_id order by ordered_at desc)
)
select customer_id, ordered_at as event_at, amount - previous_amount as amount_change,
    ordered_at - previous_ordered_at as since_previous
from numbered

-- snippet: second_months_before_this_one; duckdb; hard clean
with monthly as (
    select customer_id, date_trunc('month', ordered_at) as month, sum(amount) as amount,
        count(*) filter (where status = 'returned') as returned_count
    from raw.orders
    group by all
)
select customer_id, month as event_at,
    sum(amount) over w as amount_sum_3m,
    sum(returned_count) over w as returned_count_3m,
    lag(amount) over (partition by customer_id order by month) as amount_previous_month
from monthly
window w as (partition by customer_id order by month rows between 3 preceding and 1 preceding)

-- snippet: second_audit_column_dropped; snowflake; hard clean
with staged as (
    select *, current_timestamp() as _dbt_built_at, uuid_string() as _dbt_invocation
    from raw.returns
),
counted as (
    select customer_id, returned_at,
        count_if(reason = 'damaged') over (partition by customer_id order by returned_at
            rows between unbounded preceding and current row) as damaged_count
    from staged
)
select customer_id, returned_at as event_at, damaged_count
from counted

-- snippet: second_weekly_known_at_its_last_order; postgres; hard clean
with weekly as (
    select customer_id, date_trunc('week', ordered_at) as week,
        max(ordered_at) as last_ordered_at,
        sum(amount) as amount_sum,
        sum(amount) filter (where channel = 'app') / nullif(sum(amount), 0) as app_share
    from raw.orders
    group by 1, 2
)
select customer_id, last_ordered_at as event_at, amount_sum, app_share,
    1.0 * amount_sum / nullif(lag(amount_sum) over (partition by customer_id order by week), 0) as growth
from weekly
