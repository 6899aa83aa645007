-- snippet: cte_columns; postgres; load-time
with a(customer_id, happened_at, amount) as (select customer_id, _sdc_batched_at, amount from raw.orders)
select customer_id, happened_at as event_at, amount from a

-- snippet: subquery_alias_columns; trino; clock
select t.c as customer_id, t.o as event_at, t.age as age
from (select customer_id, ordered_at, date_diff('day', signed_up_on, current_date) from raw.orders) as t(c, o, age)

-- snippet: union_windows_in_second; bigquery; lookahead
with a as (
  select customer_id, ordered_at as at, cast(null as timestamp) as nxt from `raw`.`orders`
  union all
  select customer_id, occurred_at, lead(occurred_at) over (partition by customer_id order by occurred_at) from `raw`.`web_events`
)
select customer_id, at as event_at, timestamp_diff(nxt, at, hour) as hours_to_next from a

-- snippet: max_over_as_last; snowflake; lookahead
select customer_id, ordered_at as event_at, max(ordered_at) over (partition by customer_id) as last_at, amount from raw.orders

-- snippet: any_value_having_max; bigquery; all-time
with last as (select customer_id, any_value(channel having max ordered_at) as last_channel from `raw`.`orders` group by 1)
select o.customer_id, o.ordered_at as event_at, last.last_channel from `raw`.`orders` o join last using (customer_id)

-- snippet: max_by; trino; all-time
with last as (select customer_id, max_by(channel, ordered_at) as last_channel from raw.orders group by customer_id)
select o.customer_id, o.ordered_at as event_at, l.last_channel from raw.orders o left join last l on l.customer_id = o.customer_id

-- snippet: arg_max_duck; duckdb; all-time
select o.customer_id, o.ordered_at as event_at, l.last_channel from raw.orders o
left join (from raw.orders select customer_id, arg_max(channel, ordered_at) as last_channel group by all) l using (customer_id)

-- snippet: array_agg_offset; bigquery; all-time
with last as (select customer_id, array_agg(channel order by ordered_at desc limit 1)[offset(0)] as last_channel from `raw`.`orders` group by customer_id)
select o.customer_id, o.ordered_at as event_at, last.last_channel from `raw`.`orders` o inner join last on o.customer_id = last.customer_id

-- snippet: current_from_ranked_dim; redshift; current-state
with plans as (
  select *, row_number() over (partition by customer_id order by started_at desc) as rn from raw.customer_plans
), current_plans as (select * from plans where rn = 1)
select o.customer_id, o.ordered_at as event_at, p.plan_name from raw.orders o left join current_plans p on p.customer_id = o.customer_id

-- snippet: self_join_later; spark; lookahead
select a.customer_id, a.ordered_at as event_at, count(b.order_id) as next_30d
from raw.orders a left join raw.orders b on a.customer_id = b.customer_id and b.ordered_at between a.ordered_at and a.ordered_at + interval 30 days
group by 1, 2

-- snippet: datediff_filter; snowflake; lookahead
select a.customer_id, a.ordered_at as event_at, count_if(datediff('day', a.ordered_at, r.returned_at) <= 14) as returned_14d
from raw.orders a left join raw.returns r on r.order_id = a.order_id
group by 1, 2

-- snippet: label_case_future; duckdb; lookahead
select o.customer_id, o.ordered_at as event_at, bool_or(r.returned_at > o.ordered_at) as is_returned
from raw.orders o left join raw.returns r using (customer_id)
group by all

-- snippet: age_pg; postgres; clock
select customer_id, ordered_at as event_at, extract(day from age(signed_up_at)) as tenure from raw.orders

-- snippet: dateadd_filter_lower; snowflake; clock
select customer_id, ordered_at as event_at, amount from raw.orders where ordered_at >= dateadd(year, -2, current_date)

-- snippet: cte_clock; snowflake; clock
with params as (select current_timestamp() as as_of)
select o.customer_id, o.ordered_at as event_at, datediff(day, o.signed_up_on, p.as_of) as age from raw.orders o cross join params p

-- snippet: jinja_run_started; duckdb; hard clean
with run as (select timestamp '2026-11-20 04:00:00' as as_of)
select o.customer_id, o.ordered_at as event_at, o.amount from raw.orders o cross join run where o.ordered_at < run.as_of

-- snippet: range_following; postgres; lookahead
select customer_id, ordered_at as event_at, avg(amount) over (partition by customer_id order by ordered_at range between interval '7 days' preceding and interval '1 day' following) as a from raw.orders

-- snippet: groups_frame; duckdb; hard clean
select customer_id, ordered_at as event_at, sum(amount) over (partition by customer_id order by ordered_at groups between 3 preceding and current row exclude current row) as a from raw.orders

-- snippet: max_known; snowflake; hard clean
select customer_id, ordered_at as event_at, amount, max(amount) over (partition by customer_id order by ordered_at rows between unbounded preceding and 1 preceding) as m from raw.orders

-- snippet: share_of_day; postgres; hard clean
with d as (select customer_id, date_trunc('day', ordered_at) + interval '1 day' as day_end, sum(amount) as amount from raw.orders group by 1, 2)
select customer_id, day_end as event_at, amount / nullif(sum(amount) over (partition by day_end), 0) as share from d

-- snippet: order_level_window; snowflake; hard clean
select o.customer_id, o.ordered_at as event_at, ratio_to_report(i.amount) over (partition by i.order_id) as share
from raw.order_items i join raw.orders o on o.order_id = i.order_id

-- snippet: total_share; redshift; lookahead
select customer_id, ordered_at as event_at, ratio_to_report(amount) over (partition by customer_id) as share from raw.orders

-- snippet: pivot; snowflake; all-time
with p as (select * from (select customer_id, channel, amount from raw.orders) pivot (sum(amount) for channel in ('web', 'app')) as p (customer_id, web, app))
select o.customer_id, o.ordered_at as event_at, p.web, p.app from raw.orders o join p on p.customer_id = o.customer_id

-- snippet: not_exists_future; postgres; all-time
select o.customer_id, o.ordered_at as event_at, case when exists (select 1 from raw.returns r where r.order_id = o.order_id) then 1 else 0 end as was_returned from raw.orders o

-- snippet: exists_bounded; postgres; hard clean
select o.customer_id, o.ordered_at as event_at, exists (select 1 from raw.returns r where r.customer_id = o.customer_id and r.returned_at < o.ordered_at) as had_return from raw.orders o

-- snippet: incremental_clock; bigquery; hard clean
-- materialized: incremental
select customer_id, ordered_at as event_at, amount from `raw`.`orders` where ordered_at >= timestamp_sub(current_timestamp(), interval 3 day)

-- snippet: passed_audit; snowflake; hard clean
with renamed as (select customer_id, ordered_at, amount, current_timestamp() as _loaded_at from raw.orders),
final as (select customer_id, ordered_at, amount, _loaded_at from renamed)
select customer_id, ordered_at as event_at, amount from final

-- snippet: random_filter_above; postgres; random
select customer_id, ordered_at as event_at, amount from shop.stg where draw < 0.1
-- above: stg
select *, random() as draw from raw.orders

-- snippet: qualify_by_random; bigquery; random
select customer_id, ordered_at as event_at, amount from `raw`.`orders` qualify row_number() over (partition by customer_id order by rand()) = 1

-- snippet: scd2_between_open; bigquery; hard clean
select o.customer_id, o.ordered_at as event_at, c.tier from `raw`.`orders` o
left join `shop`.`customers_snapshot` c on o.customer_id = c.customer_id and o.ordered_at between c.dbt_valid_from and coalesce(c.dbt_valid_to, current_timestamp())

-- snippet: scd2_where; snowflake; hard clean
with c as (select customer_id, tier, dbt_valid_from as valid_from, ifnull(dbt_valid_to, '2999-12-31'::timestamp) as valid_to from shop.customers_snapshot)
select o.customer_id, o.ordered_at as event_at, c.tier from raw.orders o, c where c.customer_id = o.customer_id and c.valid_from <= o.ordered_at and o.ordered_at < c.valid_to

-- snippet: gap_islands; postgres; all-time
with x as (select customer_id, ordered_at, row_number() over (partition by customer_id order by ordered_at) - row_number() over (partition by customer_id, status order by ordered_at) as grp, status from raw.orders),
y as (select customer_id, status, grp, min(ordered_at) as started_at, count(*) as streak from x group by 1, 2, 3)
select customer_id, started_at as event_at, streak from y

-- snippet: streak_so_far; postgres; hard clean
with x as (select customer_id, ordered_at, status, sum(case when status = 'late' then 0 else 1 end) over (partition by customer_id order by ordered_at) as grp from raw.orders)
select customer_id, ordered_at as event_at, count(*) over (partition by customer_id, grp order by ordered_at) - 1 as late_streak from x

-- snippet: lead_as_label_dropped; snowflake; hard clean
with x as (select customer_id, ordered_at, amount, lead(ordered_at) over (partition by customer_id order by ordered_at) as next_at from raw.orders)
select customer_id, ordered_at as event_at, amount from x

-- snippet: group_daily_from_hourly; spark; period-start
with hourly as (select customer_id, date_trunc('HOUR', occurred_at) as hour, count(*) as n from raw.web_events group by 1, 2)
select customer_id, to_date(hour) as event_at, sum(n) as n from hourly group by 1, 2

-- snippet: time_bucket_end; duckdb; hard clean
select customer_id, time_bucket(interval '1 hour', occurred_at) + interval '1 hour' as event_at, count(*) as n from raw.web_events group by all

-- snippet: last_day; snowflake; hard clean
select customer_id, dateadd(day, 1, last_day(ordered_at)) as event_at, sum(amount) as amount from raw.orders group by 1, 2

-- snippet: first_value_default; bigquery; hard clean
select customer_id, ordered_at as event_at, first_value(channel) over (partition by customer_id order by ordered_at) as first_channel, last_value(channel) over (partition by customer_id order by ordered_at) as this_channel from `raw`.`orders`

-- snippet: nth; trino; lookahead
select customer_id, ordered_at as event_at, nth_value(channel, 2) over (partition by customer_id order by ordered_at rows between unbounded preceding and unbounded following) as second_channel from raw.orders

-- snippet: month_start_with_one_window_to_now; duckdb; period-start
with monthly as (select customer_id, date_trunc('month', ordered_at) as month, sum(amount) as amount from raw.orders group by all)
select customer_id, month as event_at,
    sum(amount) over (partition by customer_id order by month rows between 3 preceding and 1 preceding) as amount_before,
    sum(amount) over (partition by customer_id order by month) as amount_so_far
from monthly

-- snippet: first_value_from_here_on; snowflake; hard clean
select customer_id, occurred_at as event_at,
    first_value(page) over (partition by customer_id order by occurred_at rows between current row and unbounded following) as page
from raw.web_events

-- snippet: first_known_value_from_here_on; snowflake; lookahead
select customer_id, occurred_at as event_at,
    first_value(page) ignore nulls over (partition by customer_id order by occurred_at rows between current row and unbounded following) as page
from raw.web_events

-- snippet: rank_of_what_never_changes; postgres; hard clean
select store_id as customer_id, timestamp '2000-01-01' as event_at, rank() over (partition by country order by floor_area desc) as area_rank
from raw.stores

-- snippet: newest_joined_by_event; redshift; current-state
with newest as (
    select order_id, status from (
        select *, row_number() over (partition by customer_id order by updated_at desc) as rn from raw.order_items
    ) as ranked
    where rn = 1
)
select o.customer_id, o.ordered_at as event_at, n.status is not null as is_newest
from raw.orders o left join newest n on n.order_id = o.order_id

-- snippet: table_of_events_that_says_no_time; trino; all-time
select a.customer_id, a.opened_at as event_at, count(b.subject) as tickets_count
from raw.tickets a left join raw.tickets b on b.customer_id = a.customer_id
group by 1, 2
