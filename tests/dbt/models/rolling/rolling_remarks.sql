{{ featurectl.rolling_window(
    events='select * from ' ~ ref('pairs'),
    join_keys=['left_id', 'right_id'],
    event_timestamp='event_at',
    aggregates=[{'function': 'count_distinct', 'column': 'remark'}],
    windows=[{'count': 1, 'period': 'hour'}],
) }}
