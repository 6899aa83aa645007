with labelled as (
    select
        sensor_id,
        event_at,
        known_at,
        label
    from {{ ref('readings') }}
)
{{ featurectl.rolling_window(
    events='labelled',
    join_keys=['sensor_id'],
    event_timestamp='event_at',
    created_timestamp='known_at',
    aggregates=[{'function': 'count_distinct', 'column': 'label'}, {'function': 'count', 'name': 'rows'}],
    windows=[{'count': 2, 'period': 'hour'}, {'count': 1, 'period': 'hour'}],
) }}
