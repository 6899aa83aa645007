select customer_id::bigint as customer_id, 'berlin' as home_store, 7::bigint as product_id, ordered_at as asked_at, true as churned
from {{ ref('orders') }}
