-- snippet: next_order; postgres; lookahead
select customer_id, ordered_at as event_at, lead(ordered_at) over (partition by customer_id order by ordered_at) as next_ordered_at
from raw.orders

-- snippet: days_to_next_order; snowflake; lookahead
with orders as (select * from raw.orders),
gaps as (
    select customer_id, ordered_at,
        datediff('day', ordered_at, lead(ordered_at) over (partition by customer_id order by ordered_at)) as days_to_next
    from orders
)
select customer_id, ordered_at as event_at, days_to_next from gaps

-- snippet: centred_mean; duckdb; lookahead
select customer_id, ordered_at as event_at,
    avg(amount) over (partition by customer_id order by ordered_at rows between 3 preceding and 3 following) as smoothed
from raw.orders

-- snippet: whole_frame; bigquery; lookahead
select customer_id, ordered_at as event_at,
    sum(amount) over (partition by customer_id order by ordered_at rows between unbounded preceding and unbounded following) as total
from raw.orders

-- snippet: last_value_to_the_end; redshift; lookahead
select customer_id, ordered_at as event_at,
    last_value(status) over (partition by customer_id order by ordered_at rows between unbounded preceding and unbounded following) as status
from raw.orders

-- snippet: last_value_in_snowflake; snowflake; lookahead
select customer_id, ordered_at as event_at, last_value(status) over (partition by customer_id order by ordered_at) as status
from raw.orders

-- snippet: first_value_descending; spark; lookahead
select customer_id, ordered_at as event_at, first_value(status) over (partition by customer_id order by ordered_at desc) as latest_status
from raw.orders

-- snippet: whole_partition_mean; postgres; lookahead
select customer_id, ordered_at as event_at, amount / avg(amount) over (partition by customer_id) as relative_amount
from raw.orders

-- snippet: z_score_over_everything; duckdb; lookahead
select customer_id, ordered_at as event_at, (amount - avg(amount) over ()) / stddev(amount) over () as amount_z
from raw.orders

-- snippet: running_sum_backwards; trino; lookahead
select customer_id, ordered_at as event_at,
    sum(amount) over (partition by customer_id order by ordered_at desc rows between unbounded preceding and current row) as remaining
from raw.orders

-- snippet: lag_in_descending_order; postgres; lookahead
select customer_id, ordered_at as event_at, lag(amount) over (partition by customer_id order by ordered_at desc) as other_amount
from raw.orders

-- snippet: recency_rank_as_feature; bigquery; lookahead
select customer_id, ordered_at as event_at, row_number() over (partition by customer_id order by ordered_at desc) as recency_rank
from raw.orders

-- snippet: named_window_ahead; postgres; lookahead
select customer_id, ordered_at as event_at, count(*) over coming as orders_next_week
from raw.orders
window coming as (partition by customer_id order by ordered_at range between current row and interval '7 days' following)

-- snippet: percentile_of_all; snowflake; lookahead
select customer_id, ordered_at as event_at, percent_rank() over (order by amount) as amount_percentile from raw.orders

-- snippet: churn_by_self_join; postgres; lookahead
select o.customer_id, o.ordered_at as event_at, count(later.order_id) as orders_next_30d
from raw.orders o
left join raw.orders later
    on later.customer_id = o.customer_id
    and later.ordered_at > o.ordered_at
    and later.ordered_at <= o.ordered_at + interval '30 days'
group by o.customer_id, o.ordered_at

-- snippet: returns_after_order; bigquery; lookahead
with orders as (select * from raw.orders), returns as (select * from raw.returns)
select o.customer_id, o.ordered_at as event_at, count(r.return_id) as returns_count
from orders o
left join returns r
    on r.customer_id = o.customer_id
    and timestamp_diff(r.returned_at, o.ordered_at, day) between 0 and 14
group by 1, 2

-- snippet: correlated_future; postgres; lookahead
select o.customer_id, o.ordered_at as event_at,
    (select count(*) from raw.payments p where p.customer_id = o.customer_id and p.paid_at >= o.ordered_at) as payments_after
from raw.orders o

-- snippet: asof_the_wrong_way; duckdb; lookahead
select o.customer_id, o.ordered_at as event_at, e.page
from raw.orders o
asof join raw.web_events e on e.customer_id = o.customer_id and o.ordered_at <= e.occurred_at

-- snippet: within_a_day_either_way; postgres; lookahead
select o.customer_id, o.ordered_at as event_at, count(*) as events_count
from raw.orders o
join raw.web_events e
    on e.customer_id = o.customer_id
    and e.occurred_at between o.ordered_at - interval '1 day' and o.ordered_at + interval '1 day'
group by o.customer_id, o.ordered_at

-- snippet: lead_above_the_view; snowflake; lookahead
select customer_id, ordered_at as event_at, next_amount from shop.int_orders
-- above: int_orders
select customer_id, ordered_at, lead(amount) over (partition by customer_id order by ordered_at) as next_amount from raw.orders

-- snippet: session_length; duckdb; lookahead
select customer_id, occurred_at as event_at,
    max(occurred_at) over (partition by customer_id) - occurred_at as time_left
from raw.web_events

-- snippet: trailing_week; duckdb; clean
select customer_id, ordered_at as event_at,
    sum(amount) over (partition by customer_id order by ordered_at range between interval 7 days preceding and current row) as amount_7d
from raw.orders

-- snippet: previous_amount; trino; clean
select customer_id, ordered_at as event_at, lag(amount) over (partition by customer_id order by ordered_at) as previous_amount
from raw.orders

-- snippet: trailing_rows_short_frame; redshift; clean
select customer_id, ordered_at as event_at,
    avg(amount) over (partition by customer_id order by ordered_at rows 4 preceding) as amount_avg_5
from raw.orders

-- snippet: lead_in_descending_order; postgres; hard clean
select customer_id, ordered_at as event_at, lead(amount) over (partition by customer_id order by ordered_at desc) as previous_amount
from raw.orders

-- snippet: descending_frame_looks_back; duckdb; hard clean
select customer_id, ordered_at as event_at,
    sum(amount) over (partition by customer_id order by ordered_at desc rows between current row and unbounded following) as spent_so_far
from raw.orders

-- snippet: last_value_up_to_the_row; postgres; hard clean
select customer_id, ordered_at as event_at, last_value(status) over (partition by customer_id order by ordered_at) as status
from raw.orders

-- snippet: first_value_of_whole_frame; bigquery; hard clean
select customer_id, ordered_at as event_at,
    first_value(channel) over (partition by customer_id order by ordered_at rows between unbounded preceding and unbounded following) as first_channel
from raw.orders

-- snippet: first_order_of_partition; snowflake; hard clean
select customer_id, ordered_at as event_at, datediff('day', min(ordered_at) over (partition by customer_id), ordered_at) as tenure_days
from raw.orders

-- snippet: validity_range_by_lead; postgres; hard clean
with plans as (
    select customer_id, plan, changed_at as valid_from,
        lead(changed_at) over (partition by customer_id order by changed_at) as valid_to
    from raw.customer_plans
)
select o.customer_id, o.ordered_at as event_at, p.plan
from raw.orders o
left join plans p
    on p.customer_id = o.customer_id
    and p.valid_from <= o.ordered_at
    and (o.ordered_at < p.valid_to or p.valid_to is null)

-- snippet: validity_range_above_the_view; snowflake; hard clean
select o.customer_id, o.ordered_at as event_at, p.plan
from raw.orders o
join shop.int_plans p
    on p.customer_id = o.customer_id
    and o.ordered_at >= p.valid_from
    and o.ordered_at < p.valid_to
-- above: int_plans
select customer_id, plan, changed_at as valid_from,
    coalesce(lead(changed_at) over (partition by customer_id order by changed_at), '9999-12-31'::timestamp) as valid_to
from raw.customer_plans

-- snippet: share_of_the_same_day; duckdb; hard clean
with daily as (
    select store_id, date_trunc('day', ordered_at) + interval 1 day as event_at, sum(amount) as amount
    from raw.orders group by 1, 2
)
select store_id as customer_id, event_at, amount / sum(amount) over (partition by event_at) as share
from daily

-- snippet: lines_of_one_order; postgres; hard clean
select customer_id, ordered_at as event_at, line_amount / sum(line_amount) over (partition by order_id) as share_of_order
from raw.orders

-- snippet: self_join_back; bigquery; hard clean
select o.customer_id, o.ordered_at as event_at, count(earlier.order_id) as orders_30d
from raw.orders o
left join raw.orders earlier
    on earlier.customer_id = o.customer_id
    and earlier.ordered_at < o.ordered_at
    and earlier.ordered_at >= timestamp_sub(o.ordered_at, interval 30 day)
group by o.customer_id, o.ordered_at

-- snippet: stamped_by_the_later_side; postgres; hard clean
select p.customer_id, p.paid_at as event_at, p.paid_at - o.ordered_at as time_to_pay
from raw.orders o
join raw.payments p on p.order_id = o.order_id and p.paid_at > o.ordered_at

-- snippet: asof_backwards; snowflake; hard clean
select o.customer_id, o.ordered_at as event_at, e.page
from raw.orders o
asof join raw.web_events e match_condition (o.ordered_at >= e.occurred_at) on o.customer_id = e.customer_id

-- snippet: lateral_newest_before; postgres; hard clean
select o.customer_id, o.ordered_at as event_at, e.page
from raw.orders o
left join lateral (
    select page from raw.web_events w
    where w.customer_id = o.customer_id and w.occurred_at <= o.ordered_at
    order by w.occurred_at desc
    limit 1
) e on true

-- snippet: datediff_backwards; snowflake; hard clean
select o.customer_id, o.ordered_at as event_at, count(e.event_id) as events_7d
from raw.orders o
left join raw.web_events e
    on e.customer_id = o.customer_id
    and datediff('day', e.occurred_at, o.ordered_at) between 0 and 7
group by 1, 2

-- snippet: events_of_the_session; postgres; lookahead
select customer_id, occurred_at as event_at, count(*) over (partition by session_id) as events_in_session
from raw.web_events

-- snippet: dedup_of_sessions; snowflake; hard clean
select customer_id, occurred_at as event_at, page
from raw.web_events
qualify row_number() over (partition by session_id order by _fivetran_synced desc) = 1

-- snippet: rank_by_amount; postgres; lookahead
select customer_id, ordered_at as event_at, rank() over (partition by customer_id order by amount desc) as amount_rank
from raw.orders

-- snippet: rank_within_the_day; postgres; hard clean
select customer_id, ordered_at as event_at, rank() over (partition by date_trunc('day', ordered_at) order by line_number) as line_rank
from raw.orders
