{{ featurectl.rolling_window(
    events=ref('readings'),
    join_keys=['sensor_id'],
    event_timestamp='event_at',
    created_timestamp='known_at',
    aggregates=[
        {'function': 'count'},
        {'function': 'count', 'column': 'label'},
        {'function': 'sum', 'column': 'level', 'data_type': 'bigint'},
        {'function': 'avg', 'column': 'level'},
        {'function': 'min', 'column': 'level'},
        {'function': 'max', 'column': 'batch', 'name': 'number'},
    ],
    windows=[{'count': 1, 'period': 'hour'}, {'count': 90, 'period': 'minute'}],
) }}
