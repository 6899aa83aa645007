select
    event_id,
    [[ entity ]]_id,
    happened_at,
    recorded_at,
    amount
from {{ ref('raw_events') }}
