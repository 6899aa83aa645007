select
    1 as customer_id,
    2 as product_id,
    timestamp '2024-01-01 12:00:00' as ordered_at,
    timestamp '2024-01-01 13:00:00' as recorded_at,
    cast(3 as double) as amount
