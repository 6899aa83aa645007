{# One row a landed flight. A flight that never landed at its destination was neither late nor in time: it has no label. #}
select
    flight_id,
    tailnum,
    carrier,
    origin,
    dest,
    scheduled_departure,
    is_late
from {{ ref('stg_flights') }}
where landed_at is not null
