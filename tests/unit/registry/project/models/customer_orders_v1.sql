select
    customer_id::bigint as customer_id,
    ordered_at,
    ordered_at + interval 1 hour as loaded_at,
    false as is_deleted,
    1::bigint as orders_count_7d,
    amount::decimal(10, 2) as orders_amount_avg_7d,
    1::bigint as n_raw_rows
from {{ ref('orders') }}
