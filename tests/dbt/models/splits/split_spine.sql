select
    *,
    {{ featurectl.split(keys=['sensor_id'], weights={'train': 0.8, 'test': 0.2}) }} as by_sensor,
    {{ featurectl.split(
        keys=['left_id', 'right_id'], weights={'train': 3, "it's": 2, 'test': 1}, salt="o'clock",
    ) }} as by_pair,
    {{ featurectl.split(keys=['origin'], weights={'train': 0.5, 'test': 0.5}, salt='2013') }} as by_origin,
    -- md5('|14') begins with the digits of 3678066474
    {{ featurectl.split(keys=['sensor_id'], weights={'below': 3678066474, 'rest': 616900822}) }} as bound_at_14,
    {{ featurectl.split(keys=['sensor_id'], weights={'below': 3678066475, 'rest': 616900821}) }} as bound_above_14,
    {{ featurectl.split_by_time('observed_at', boundaries=['2024-03-10 06:30:00']) }} as by_half,
    {{ featurectl.split_by_time(
        'observed_at',
        boundaries=['2024-03-10 05:30:00', '2024-03-10T02:30:00-05:00'],
        embargo={'count': 1, 'period': 'hour'},
    ) }} as by_time
from {{ ref('spine') }}
