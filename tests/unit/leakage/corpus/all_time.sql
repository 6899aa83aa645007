-- snippet: lifetime_total_joined_back; postgres; all-time
with totals as (
    select customer_id, sum(amount) as lifetime_amount, count(*) as lifetime_orders
    from raw.orders
    group by customer_id
)
select o.customer_id, o.ordered_at as event_at, t.lifetime_amount, t.lifetime_orders
from raw.orders o
join totals t on t.customer_id = o.customer_id

-- snippet: dbt_style_imports; snowflake; all-time
with orders as (select * from raw.orders),
payments as (select * from raw.payments),
customer_payments as (
    select customer_id, avg(amount) as payment_avg from payments group by 1
),
final as (
    select orders.customer_id, orders.ordered_at as event_at, customer_payments.payment_avg
    from orders
    left join customer_payments on orders.customer_id = customer_payments.customer_id
)
select * from final

-- snippet: global_mean; bigquery; all-time
select customer_id, ordered_at as event_at, amount - (select avg(amount) from raw.orders) as above_average
from raw.orders

-- snippet: correlated_mean; postgres; all-time
select o.customer_id, o.ordered_at as event_at,
    (select avg(a.amount) from raw.orders a where a.customer_id = o.customer_id) as amount_avg
from raw.orders o

-- snippet: target_encoding; duckdb; all-time
with rates as (
    select product_id, avg(cast(is_returned as int)) as return_rate from raw.orders group by product_id
)
select o.customer_id, o.ordered_at as event_at, r.return_rate
from raw.orders o left join rates r using (product_id)

-- snippet: cross_joined_totals; trino; all-time
select o.customer_id, o.ordered_at as event_at, o.amount / t.biggest as amount_scaled
from raw.orders o
cross join (select max(amount) as biggest from raw.orders) t

-- snippet: newest_status_by_max_by; trino; all-time
with newest as (
    select customer_id, max_by(status, ordered_at) as status from raw.orders group by customer_id
)
select o.customer_id, o.ordered_at as event_at, n.status
from raw.orders o join newest n on n.customer_id = o.customer_id

-- snippet: newest_by_array_agg; bigquery; all-time
with newest as (
    select customer_id, array_agg(status order by ordered_at desc limit 1)[offset(0)] as status
    from raw.orders group by customer_id
)
select o.customer_id, o.ordered_at as event_at, n.status
from raw.orders o join newest n on n.customer_id = o.customer_id

-- snippet: stamped_with_the_first_order; redshift; all-time
select customer_id, min(ordered_at) as event_at, sum(amount) as amount_total, count(*) as orders_count
from raw.orders
group by customer_id

-- snippet: unbounded_self_join; spark; all-time
select o.customer_id, o.ordered_at as event_at, count(h.order_id) as orders_count
from raw.orders o
join raw.orders h on h.customer_id = o.customer_id
group by o.customer_id, o.ordered_at

-- snippet: totals_model_above; snowflake; all-time
select o.customer_id, o.ordered_at as event_at, t.amount_total
from raw.orders o
join shop.int_customer_totals t on t.customer_id = o.customer_id
-- above: int_customer_totals
select customer_id, sum(amount) as amount_total from raw.orders group by customer_id

-- snippet: tickets_ever; postgres; all-time
select o.customer_id, o.ordered_at as event_at, coalesce(t.tickets_count, 0) as tickets_count
from raw.orders o
left join (
    select customer_id, count(*) as tickets_count from raw.tickets group by customer_id
) t on t.customer_id = o.customer_id

-- snippet: totals_joined_on_their_day; duckdb; hard clean
with daily as (
    select customer_id, date_trunc('day', ordered_at) as day, sum(amount) as amount
    from raw.orders group by all
)
select o.customer_id, o.ordered_at as event_at, d.amount as amount_day_before
from raw.orders o
left join daily d on d.customer_id = o.customer_id and d.day = date_trunc('day', o.ordered_at) - interval 1 day

-- snippet: bounded_by_case; postgres; hard clean
select o.customer_id, o.ordered_at as event_at,
    sum(case when h.ordered_at < o.ordered_at then h.amount else 0 end) as spent_before
from raw.orders o
join raw.orders h on h.customer_id = o.customer_id
group by o.customer_id, o.ordered_at

-- snippet: bounded_by_filter; duckdb; hard clean
select o.customer_id, o.ordered_at as event_at, count(*) filter (where h.ordered_at < o.ordered_at) as orders_before
from raw.orders o
join raw.orders h on h.customer_id = o.customer_id
group by all

-- snippet: cohort_of_first_order; postgres; hard clean
with firsts as (select customer_id, min(ordered_at) as first_ordered_at from raw.orders group by customer_id)
select o.customer_id, o.ordered_at as event_at, extract(day from o.ordered_at - f.first_ordered_at) as tenure_days
from raw.orders o
join firsts f on f.customer_id = o.customer_id

-- snippet: lines_summed_to_their_order; snowflake; hard clean
with items as (select order_id, sum(quantity) as units, max(price) as price_max from raw.order_items group by order_id)
select o.customer_id, o.ordered_at as event_at, i.units, i.price_max
from raw.orders o
left join items i on i.order_id = o.order_id

-- snippet: correlated_up_to_the_row; postgres; hard clean
select o.customer_id, o.ordered_at as event_at,
    (select avg(h.amount) from raw.orders h where h.customer_id = o.customer_id and h.ordered_at < o.ordered_at) as amount_avg
from raw.orders o

-- snippet: stamped_with_the_last_order; redshift; hard clean
select customer_id, max(ordered_at) as event_at, sum(amount) as amount_total
from raw.orders
group by customer_id

-- snippet: totals_of_a_seed; duckdb; hard clean
with regions as (select region, count(*) as countries_count from shop.country_regions group by region)
select o.customer_id, o.ordered_at as event_at, r.countries_count
from raw.orders o
join regions r on r.region = o.region

-- snippet: union_then_running; bigquery; hard clean
with movements as (
    select customer_id, ordered_at as moved_at, amount from raw.orders
    union all
    select customer_id, returned_at as moved_at, -amount as amount from raw.returns
)
select customer_id, moved_at as event_at,
    sum(amount) over (partition by customer_id order by moved_at rows between unbounded preceding and current row) as balance
from movements

-- snippet: as_of_grid; postgres; hard clean
with grid as (
    select distinct customer_id, date_trunc('month', ordered_at) + interval '1 month' as event_at from raw.orders
)
select g.customer_id, g.event_at, count(o.order_id) as orders_count
from grid g
left join raw.orders o on o.customer_id = g.customer_id and o.ordered_at < g.event_at
group by 1, 2

-- snippet: ever_returned; postgres; all-time
select o.customer_id, o.ordered_at as event_at,
    exists (select 1 from raw.returns r where r.customer_id = o.customer_id) as has_returned
from raw.orders o

-- snippet: returned_before; postgres; hard clean
select o.customer_id, o.ordered_at as event_at,
    exists (select 1 from raw.returns r where r.customer_id = o.customer_id and r.returned_at < o.ordered_at) as has_returned
from raw.orders o

-- snippet: grid_of_customers_and_days; bigquery; hard clean
select c.customer_id, timestamp(d) as event_at, count(o.order_id) as orders_count
from unnest(generate_date_array('2024-01-01', current_date())) as d
cross join (select distinct customer_id from raw.orders) as c
left join raw.orders as o on o.customer_id = c.customer_id and date(o.ordered_at) < d
group by 1, 2

-- snippet: correlated_but_unbounded; snowflake; all-time
select o.customer_id, o.ordered_at as event_at,
    (select count(*) from raw.orders h where h.customer_id = o.customer_id and h.amount > 100) as large_orders_count
from raw.orders o

-- snippet: session_totals_joined_back; bigquery; all-time
with sessions as (select session_id, count(*) as events_count from raw.web_events group by session_id)
select e.customer_id, e.occurred_at as event_at, s.events_count
from raw.web_events e
join sessions s on s.session_id = e.session_id
