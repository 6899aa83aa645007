{{ featurectl.rolling_window(
    events=ref('stg_orders'),
    join_keys=['customer_id'],
    event_timestamp='ordered_at',
    aggregates=[{'function': 'sum', 'column': 'amount', 'data_type': 'double'}],
    windows=[{'count': 1, 'period': 'day'}, {'count': 1, 'period': 'week'}],
) }}
