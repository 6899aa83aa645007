{{ config(materialized='table') }}
{{ featurectl.rolling_window(
    events="select customer_id, cast(ordered_on as timestamp) + interval 1 day as day_ended_at, amount from " ~ ref('orders'),
    join_keys=['customer_id'],
    event_timestamp='day_ended_at',
    aggregates=[{'function': 'count', 'name': 'orders'}, {'function': 'sum', 'column': 'amount'}],
    windows=[{'count': 30, 'period': 'day'}],
) }}
