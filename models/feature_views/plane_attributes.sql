{# Attributes that never change carry a constant event timestamp: true since before the first flight. #}
select
    tailnum,
    cast('1970-01-01 00:00:00' as timestamp) as valid_from,
    manufacturer,
    model,
    manufactured_year,
    seats_count,
    engines_count
from {{ ref('stg_planes') }}
