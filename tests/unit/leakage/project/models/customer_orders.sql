{{ featurectl.rolling_window(
    events=ref('stg_orders'),
    join_keys=['customer_id'],
    event_timestamp='ordered_at',
    created_timestamp='recorded_at',
    aggregates=[
        {'function': 'count', 'name': 'orders'},
        {'function': 'avg', 'column': 'amount'},
        {'function': 'max', 'column': 'amount'},
        {'function': 'count_distinct', 'column': 'product_id', 'name': 'products'},
    ],
    windows=[{'count': 7, 'period': 'day'}],
) }}
