select 'berlin' as store, 7::bigint as product_id, timestamp '2026-01-01 00:00:00' as counted_at, 3::bigint as units_in_stock
