{# One row each time a window changes: trailing sums as they were known then. #}
{{ featurectl.rolling_window(
    events=ref('stg_events'),
    join_keys=['[[ entity ]]_id'],
    event_timestamp='happened_at',
    created_timestamp='recorded_at',
    aggregates=[
        {'function': 'count', 'name': 'events'},
        {'function': 'sum', 'column': 'amount', 'data_type': 'double precision'},
    ],
    windows=[{'count': 7, 'period': 'day'}, {'count': 30, 'period': 'day'}],
) }}
