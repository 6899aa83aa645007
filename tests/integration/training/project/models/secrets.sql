select cast(1 as bigint) as sensor_id, cast('2024-01-01' as timestamp) as read_at, cast('x' as varchar) as code
