select o.id as order_id, o.customer_id, o.ordered_on, o.status, sum(p.cents) / 100 as amount
from {{ ref('raw_orders') }} as o
left join {{ ref('raw_payments') }} as p on o.id = p.order_id
group by all
