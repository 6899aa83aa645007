{#
    Turn local HHMM clocks into instants (UTC).

    The day of a clock time is not in the source, but no flight takes a day: a scheduled arrival is the first time after the
    scheduled departure at which the clock of the destination shows it. Actual times are the scheduled ones plus the delay.
#}
with typed_flights as (

    select
        make_date(cast(year as integer), cast(month as integer), cast(day as integer)) as flight_date,
        carrier,
        cast(flight as integer) as flight_number,
        tailnum,
        origin,
        dest,
        cast(sched_dep_time as integer) as sched_dep_hhmm,
        cast(sched_arr_time as integer) as sched_arr_hhmm,
        cast(dep_time as integer) as dep_hhmm,
        cast(arr_time as integer) as arr_hhmm,
        cast(dep_delay as integer) as dep_delay_minutes,
        cast(arr_delay as integer) as arr_delay_minutes,
        cast(air_time as integer) as air_time_minutes,
        cast(distance as integer) as distance_miles,
        cast(cast(time_hour as timestamp with time zone) at time zone 'UTC' as timestamp) as scheduled_hour
    from {{ source('nycflights13', 'flights') }}

),

scheduled_departures as (

    select
        typed_flights.*,
        airports.time_zone as dest_time_zone,
        {{ flights_hhmm_on('typed_flights.flight_date', 'typed_flights.sched_dep_hhmm') }}
            at time zone 'America/New_York' at time zone 'UTC' as scheduled_departure
    from typed_flights
    left join {{ ref('stg_airports') }} as airports
        on typed_flights.dest = airports.airport

),

{# what the clock of the destination shows when the flight is to leave, and when it is to arrive if that were the same day #}
dest_clocks as (

    select
        scheduled_departures.*,
        scheduled_departure at time zone 'UTC' at time zone dest_time_zone as dest_clock_at_departure,
        {{ flights_hhmm_on("cast(scheduled_departure at time zone 'UTC' at time zone dest_time_zone as date)", 'sched_arr_hhmm') }}
            as same_day_arrival_clock
    from scheduled_departures

),

scheduled_arrivals as (

    select
        dest_clocks.*,
        case
            when same_day_arrival_clock > dest_clock_at_departure then same_day_arrival_clock
            else same_day_arrival_clock + interval '1 day'
        end at time zone dest_time_zone at time zone 'UTC' as scheduled_arrival
    from dest_clocks

)

select
    flight_date || '-' || carrier || '-' || flight_number || '-' || origin as flight_id,
    flight_date,
    carrier,
    flight_number,
    tailnum,
    origin,
    dest,
    dest_time_zone,
    scheduled_departure,
    scheduled_arrival,
    scheduled_departure + dep_delay_minutes * interval '1 minute' as departed_at,
    scheduled_arrival + arr_delay_minutes * interval '1 minute' as landed_at,
    dep_delay_minutes,
    arr_delay_minutes,
    arr_delay_minutes >= 15 as is_late,
    air_time_minutes,
    distance_miles,
    scheduled_hour,
    dep_hhmm,
    arr_hhmm
from scheduled_arrivals
