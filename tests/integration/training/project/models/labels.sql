select
    cast(label_id as bigint) as label_id,
    cast(sensor_id as bigint) as sensor_id,
    cast(seen_at as timestamp) as seen_at,
    cast(remark as varchar) as remark,
    cast(weight as double precision) as weight
from (
    values
    (1, 1, '2024-01-01 00:00:00', 'first', 0.1),
    (2, 1, '2024-01-03 00:00:00', 'not known yet', 0.2),
    (3, 1, '2024-01-05 00:00:00.000001', null, null),
    (4, 1, '2024-01-09 00:00:00', '', 1e300),
    (5, 2, '2024-01-11 12:00:00', 'at the bound', 0.3),
    (6, 2, '2024-01-11 12:00:00.000001', 'past it', 0.3),
    (7, null, '2024-01-03 00:00:00', 'no key', 1.0),
    (8, 1, null, 'no time', 2.0),
    (8, 1, null, 'no time', 2.0)
) as rows_labelled (label_id, sensor_id, seen_at, remark, weight)
