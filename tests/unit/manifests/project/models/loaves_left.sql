select 'here' as shop, 'rye' as loaf, now()::timestamp as counted_at, 1::bigint as loaves_count
