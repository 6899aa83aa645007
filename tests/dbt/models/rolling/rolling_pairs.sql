{{ featurectl.rolling_window(
    events=ref('pairs'),
    join_keys=['left_id', 'right_id'],
    event_timestamp='event_at',
    aggregates=[
        {'function': 'count', 'name': 'pairs'},
        {'function': 'sum', 'column': 'score', 'data_type': 'bigint'},
    ],
    windows=[{'count': 1, 'period': 'hour'}, {'count': 4, 'period': 'hour'}],
) }}
