select
    customer_id::bigint as customer_id,
    timestamp '2026-01-01 00:00:00' as ordered_at,
    customer_id::bigint as orders_count_7d,
    customer_id * 1.5 as spend_7d
from generate_series(1, 3) as customers (customer_id)
