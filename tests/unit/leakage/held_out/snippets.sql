-- snippet: rfm_scores; snowflake; clock, all-time
with rfm as (
    select
        customer_id,
        datediff('day', max(ordered_at), current_date) as recency,
        count(distinct order_id) as frequency,
        sum(amount) as monetary
    from raw.orders
    group by customer_id
)
select o.customer_id, o.ordered_at as event_at, rfm.recency, rfm.frequency, rfm.monetary
from raw.orders as o
inner join rfm on rfm.customer_id = o.customer_id

-- snippet: churn_flag; postgres; lookahead
with activity as (
    select customer_id, occurred_at,
        lead(occurred_at) over w as next_seen_at
    from raw.web_events
    window w as (partition by customer_id order by occurred_at)
)
select customer_id, occurred_at as event_at,
    case when next_seen_at is null or next_seen_at > occurred_at + interval '30 days' then 1 else 0 end as is_churned
from activity

-- snippet: sessions_by_gap; bigquery; hard clean
with gaps as (
    select customer_id, occurred_at,
        timestamp_diff(occurred_at, lag(occurred_at) over (partition by customer_id order by occurred_at), minute) as gap_minutes
    from raw.web_events
),
sessions as (
    select *, countif(gap_minutes is null or gap_minutes > 30) over (partition by customer_id order by occurred_at) as session_number
    from gaps
)
select customer_id, occurred_at as event_at, session_number from sessions

-- snippet: sessions_with_their_length; bigquery; lookahead
with sessions as (
    select customer_id, occurred_at,
        countif(is_new) over (partition by customer_id order by occurred_at) as session_number
    from raw.web_events
)
select customer_id, occurred_at as event_at,
    count(*) over (partition by customer_id, session_number) as events_in_session
from sessions

-- snippet: refunds_known_later; redshift; lookahead
select p.customer_id, p.paid_at as event_at,
    max(case when r.returned_at is not null then 1 else 0 end) as was_returned
from raw.payments p
left join raw.returns r
    on r.customer_id = p.customer_id
    and r.returned_at >= p.paid_at
group by p.customer_id, p.paid_at

-- snippet: plan_at_order_time; databricks; hard clean
with history as (
    select customer_id, plan, changed_at as start_at,
        lead(changed_at, 1, timestamp '9999-12-31') over (partition by customer_id order by changed_at) as end_at
    from raw.customer_plans
)
select /*+ broadcast(h) */ o.customer_id, o.ordered_at as event_at, h.plan
from raw.orders o
left join history h
    on h.customer_id = o.customer_id and o.ordered_at >= h.start_at and o.ordered_at < h.end_at

-- snippet: store_attributes; trino; current-state
with base as (
    select o.*, s.city, s.opened_on from raw.orders o left join raw.stores s on o.store_id = s.store_id
)
select customer_id, ordered_at as event_at, city, date_diff('day', opened_on, date(ordered_at)) as store_age_days
from base

-- snippet: calendar_holidays; snowflake; hard clean
select o.customer_id, o.ordered_at as event_at, c.is_holiday
from raw.orders o
left join raw.calendar c on c.date_day = to_date(o.ordered_at)

-- snippet: exclusive_history; postgres; clean
select customer_id, ordered_at as event_at,
    coalesce(sum(amount) over (partition by customer_id order by ordered_at rows between unbounded preceding and 1 preceding), 0) as spent_before,
    row_number() over (partition by customer_id order by ordered_at) as order_number
from raw.orders

-- snippet: two_streams; duckdb; clean
with events as (
    select customer_id, ordered_at as ts, 'order' as kind, amount from raw.orders
    union all by name
    select customer_id, returned_at as ts, 'return' as kind, -amount as amount from raw.returns
)
select customer_id, ts as event_at,
    count(*) filter (where kind = 'return') over last_quarter as returns_90d,
    sum(amount) over last_quarter as net_90d
from events
window last_quarter as (partition by customer_id order by ts range between interval 90 days preceding and current row)

-- snippet: latest_address; bigquery; current-state
select o.customer_id, o.ordered_at as event_at, a.plan
from raw.orders o
left join (
    select customer_id, plan
    from (select *, rank() over (partition by customer_id order by changed_at desc) as recency from raw.customer_plans)
    where recency = 1
) a using (customer_id)

-- snippet: weekly_counts; spark; period-start
select customer_id, date_trunc('WEEK', occurred_at) as event_at, count(distinct page) as pages
from raw.web_events
group by customer_id, date_trunc('WEEK', occurred_at)

-- snippet: weekly_counts_closed; spark; hard clean
select customer_id, date_trunc('WEEK', occurred_at) + interval 7 days as event_at, count(distinct page) as pages
from raw.web_events
group by customer_id, date_trunc('WEEK', occurred_at)

-- snippet: imported_file_date; redshift; load-time
with raw_orders as (select customer_id, amount, _ingested_at from raw.orders),
orders as (select customer_id, amount, cast(_ingested_at as timestamp) as ordered_at from raw_orders)
select customer_id, ordered_at as event_at, amount from orders

-- snippet: noise; trino; random
select customer_id, ordered_at as event_at, if(random() < 0.01, null, amount) as amount from raw.orders

-- snippet: shuffled_ids; postgres; random
select gen_random_uuid()::text as feature_row_id, customer_id, ordered_at as event_at, amount from raw.orders

-- snippet: best_category_ever; snowflake; all-time
with per_category as (
    select customer_id, category, sum(amount) as spent from raw.orders group by 1, 2
),
favourite as (
    select customer_id, category from per_category
    qualify row_number() over (partition by customer_id order by spent desc) = 1
)
select o.customer_id, o.ordered_at as event_at, f.category as favourite_category
from raw.orders o
left join favourite f on f.customer_id = o.customer_id

-- snippet: min_max_scaling; bigquery; lookahead
select customer_id, ordered_at as event_at,
    safe_divide(amount - min(amount) over (), max(amount) over () - min(amount) over ()) as amount_scaled
from raw.orders

-- snippet: events_before_with_where; postgres; hard clean
select o.customer_id, o.order_id, o.ordered_at as event_at, count(e.event_id) as clicks_before
from raw.orders o, raw.web_events e
where e.customer_id = o.customer_id
    and e.occurred_at < o.ordered_at
    and e.occurred_at > o.ordered_at - interval '1 hour'
group by o.customer_id, o.order_id, o.ordered_at

-- snippet: median_over_history; snowflake; all-time
with stats as (
    select store_id, median(amount) as amount_median, approx_percentile(amount, 0.9) as amount_p90
    from raw.orders
    group by store_id
)
select customer_id, ordered_at as event_at, amount / amount_median as ratio
from raw.orders
join stats using (store_id)

-- snippet: deletes_marked_by_fivetran; snowflake; hard clean
with source as (select * from raw.orders where not coalesce(_fivetran_deleted, false)),
deduped as (
    select *, row_number() over (partition by order_id order by _fivetran_synced desc) as row_num from source
)
select customer_id, ordered_at as event_at, amount from deduped where row_num = 1

-- snippet: tenure_today; databricks; clock
select o.customer_id, o.ordered_at as event_at, datediff(current_date(), o.signed_up_on) as tenure_days
from raw.orders o

-- snippet: scd_with_default_end; redshift; hard clean
select o.customer_id, o.ordered_at as event_at, p.plan
from raw.orders o
left join raw.customer_plans p
    on o.customer_id = p.customer_id
    and o.ordered_at >= p.valid_from
    and o.ordered_at < nvl(p.valid_to, getdate())

-- snippet: ntile_of_all_customers; duckdb; lookahead
select customer_id, ordered_at as event_at, ntile(4) over (order by amount) as amount_quartile from raw.orders
