select
    customer_id,
    ordered_at,
    lead(ordered_at) over (partition by customer_id order by ordered_at) is not null as comes_again
from {{ ref('stg_orders') }}
