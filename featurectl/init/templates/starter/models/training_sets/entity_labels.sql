{# One row an event that is 7 days old or more: only then is it known whether another one followed. #}
with events as (

    select
        event_id,
        [[ entity ]]_id,
        happened_at,
        lead(happened_at) over (partition by [[ entity ]]_id order by happened_at, event_id) as next_happened_at,
        max(recorded_at) over () as last_recorded_at
    from {{ ref('stg_events') }}

)

select
    event_id,
    [[ entity ]]_id,
    happened_at as decided_at,
    coalesce(next_happened_at <= happened_at + interval '7 days', false) as returns_in_7d
from events
where happened_at <= last_recorded_at - interval '7 days'
