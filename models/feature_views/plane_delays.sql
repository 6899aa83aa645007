{#
    One row a landed flight: the plane's record up to and with that flight, as an event at its departure.

    Window: departed_at - 7 days <= departure of a flight that counts <= departed_at.
    The delay of a flight is known when it has landed, so a row is known when the last flight it counts has landed.
    Means are quotients of whole numbers, the same to the last bit in every warehouse; avg is not.
#}
with landed_flights as (

    select *
    from {{ ref('stg_flights') }}
    where landed_at is not null

)

select
    tailnum,
    departed_at,
    max(landed_at) over recent_flights as known_at,
    arr_delay_minutes as arr_delay_last_minutes,
    cast(sum(arr_delay_minutes) over recent_flights as double precision) / count(*) over recent_flights as arr_delay_avg_7d,
    cast(sum(case when is_late then 1 else 0 end) over recent_flights as double precision) / count(*) over recent_flights as late_share_7d,
    count(*) over recent_flights as flights_count_7d,
    cast(sum(air_time_minutes) over recent_flights as bigint) as air_time_sum_7d_minutes
from landed_flights
window recent_flights as (
    partition by tailnum
    order by departed_at
    range between interval '7 days' preceding and current row
)
