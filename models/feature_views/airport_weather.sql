{#
    The source tells the hour of an observation, not its minute: it is true from the hour's start at the earliest, and known at
    its end at the latest. The created timestamp takes the cautious end.
#}
select
    airport,
    observed_hour,
    cast(observed_hour + interval '1 hour' as timestamp) as known_at,
    temperature_f,
    wind_speed_mph,
    wind_gust_mph,
    precipitation_inches,
    visibility_miles
from {{ ref('stg_weather') }}
