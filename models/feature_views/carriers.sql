{#
    One row a carrier and day: how its flights of the week up to that day's end have gone.

    Window: day - 6 days <= day (UTC) of the landing of a flight that counts <= day.
    A daily aggregate is stamped with the end of its day. Stamped with the day itself, which means its start, it would tell the
    morning how the evening went.
#}
with landings_by_day as (

    select
        carrier,
        date_trunc('day', landed_at) as landing_day,
        count(*) as flights_count,
        sum(arr_delay_minutes) as arr_delay_sum,
        sum(case when is_late then 1 else 0 end) as late_count
    from {{ ref('stg_flights') }}
    where landed_at is not null
    group by carrier, date_trunc('day', landed_at)

)

select
    carrier,
    cast(landing_day + interval '1 day' as timestamp) as day_ended_at,
    cast(sum(arr_delay_sum) over recent_days as double precision) / sum(flights_count) over recent_days as arr_delay_avg_7d,
    cast(sum(late_count) over recent_days as double precision) / sum(flights_count) over recent_days as late_share_7d,
    cast(sum(flights_count) over recent_days as bigint) as flights_count_7d
from landings_by_day
window recent_days as (
    partition by carrier
    order by landing_day
    range between interval '6 days' preceding and current row
)
