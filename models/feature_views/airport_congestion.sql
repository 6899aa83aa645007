{#
    One row an airport and minute with a movement: how busy and how late it has been running in the hours up to then.

    A movement is a departure from New York at its origin, with its departure delay, or the landing of one at its destination, with
    its arrival delay: both are known the moment they happen.
    Windows: moved_at - 1 hour (3 hours) <= a movement that counts <= moved_at.
    Movements of the same minute see each other, so their rows are the same and `distinct` leaves one.
    Means are quotients of whole numbers, the same to the last bit in every warehouse; avg is not.
#}
with movements as (

    select
        origin as airport,
        departed_at as moved_at,
        dep_delay_minutes as delay_minutes
    from {{ ref('stg_flights') }}
    where departed_at is not null

    union all

    select
        dest as airport,
        landed_at as moved_at,
        arr_delay_minutes as delay_minutes
    from {{ ref('stg_flights') }}
    where landed_at is not null

)

select distinct
    airport,
    moved_at,
    count(*) over last_hour as movements_count_1h,
    count(*) over last_hours as movements_count_3h,
    cast(sum(delay_minutes) over last_hours as double precision) / count(*) over last_hours as delay_avg_3h_minutes
from movements
window
    last_hour as (
        partition by airport
        order by moved_at
        range between interval '1 hour' preceding and current row
    ),
    last_hours as (
        partition by airport
        order by moved_at
        range between interval '3 hours' preceding and current row
    )
