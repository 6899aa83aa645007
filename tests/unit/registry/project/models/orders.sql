select 1 as order_id, 1 as customer_id, timestamp '2026-01-01 12:00:00' as ordered_at, 10.5 as amount
