{#
    One row a route and landing: how its flights of late have gone.

    Window: landed_at - 7 days <= landing of a flight that counts <= landed_at.
    Stamped with the landing, when all it counts is known: so it needs no created timestamp.
    Flights that land in the same minute see each other, so their rows are the same and `distinct` leaves one.
    Means are quotients of whole numbers, the same to the last bit in every warehouse; avg is not.
#}
select distinct
    origin,
    dest,
    landed_at,
    cast(sum(arr_delay_minutes) over recent_flights as double precision) / count(*) over recent_flights as arr_delay_avg_7d,
    cast(sum(air_time_minutes) over recent_flights as double precision) / count(*) over recent_flights as air_time_avg_7d_minutes,
    count(*) over recent_flights as flights_count_7d
from {{ ref('stg_flights') }}
where landed_at is not null
window recent_flights as (
    partition by origin, dest
    order by landed_at
    range between interval '7 days' preceding and current row
)
