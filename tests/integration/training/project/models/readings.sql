select
    cast(sensor_id as bigint) as sensor_id,
    cast(read_at as timestamp) as read_at,
    cast(known_at as timestamp) as known_at,
    cast(level as bigint) as level,
    cast(note as varchar) as note,
    cast(price as decimal(10, 2)) as price
from (
    values
    (1, '2024-01-01 00:00:00', '2024-01-01 00:00:00', 10, 'a', 1.50),
    (1, '2024-01-02 00:00:00', '2024-01-05 00:00:00', 20, '', 2.25),
    (1, '2024-01-09 00:00:00', null, 30, null, null),
    (2, '2024-01-01 12:00:00', '2024-01-01 12:00:00', null, 'ü|', -3.10)
) as rows_read (sensor_id, read_at, known_at, level, note, price)
