-- snippet: customer_tier; postgres; current-state
select o.customer_id, o.ordered_at as event_at, o.amount, c.tier
from raw.orders o
join raw.customers c on c.customer_id = o.customer_id

-- snippet: product_price_of_today; snowflake; current-state
with orders as (select * from raw.orders), products as (select * from raw.products)
select orders.customer_id, orders.ordered_at as event_at, products.list_price
from orders left join products on orders.product_id = products.product_id

-- snippet: history_on_the_right; bigquery; current-state
select c.customer_id, o.ordered_at as event_at, c.credit_limit
from raw.customers c
join raw.orders o using (customer_id)

-- snippet: current_snapshot_rows; snowflake; current-state
with current_customers as (select * from shop.customers_snapshot where dbt_valid_to is null)
select o.customer_id, o.ordered_at as event_at, c.segment
from raw.orders o
join current_customers c on c.customer_id = o.customer_id

-- snippet: snapshot_without_range; postgres; current-state
select o.customer_id, o.ordered_at as event_at, s.segment
from raw.orders o
join shop.customers_snapshot s on s.customer_id = o.customer_id

-- snippet: newest_plan_for_all_rows; redshift; current-state
with ranked as (
    select customer_id, plan, row_number() over (partition by customer_id order by changed_at desc) as rn
    from raw.customer_plans
),
newest as (select customer_id, plan from ranked where rn = 1)
select o.customer_id, o.ordered_at as event_at, n.plan
from raw.orders o
left join newest n on n.customer_id = o.customer_id

-- snippet: newest_by_qualify; snowflake; current-state
with newest as (
    select customer_id, plan from raw.customer_plans
    qualify row_number() over (partition by customer_id order by changed_at desc) = 1
)
select o.customer_id, o.ordered_at as event_at, n.plan
from raw.orders o
left join newest n on n.customer_id = o.customer_id

-- snippet: distinct_on_newest; postgres; current-state
with newest as (
    select distinct on (customer_id) customer_id, status from raw.web_events order by customer_id, occurred_at desc
)
select o.customer_id, o.ordered_at as event_at, n.status
from raw.orders o
join newest n on n.customer_id = o.customer_id

-- snippet: view_of_newest_rows_only; bigquery; current-state
select customer_id, ordered_at as event_at, amount
from raw.orders
qualify row_number() over (partition by customer_id order by ordered_at desc) = 1

-- snippet: staging_dimension; snowflake; current-state
select o.customer_id, o.ordered_at as event_at, c.is_vip
from raw.orders o
join shop.stg_customers c on c.customer_id = o.customer_id
-- above: stg_customers
select customer_id, lower(email) as email, is_vip from raw.customers

-- snippet: enriched_in_staging; spark; current-state
select customer_id, ordered_at as event_at, store_size from shop.int_orders
-- above: int_orders
select o.customer_id, o.ordered_at, s.square_metres as store_size
from raw.orders o
left join raw.stores s on s.store_id = o.store_id

-- snippet: is_current_rows; trino; current-state
select o.customer_id, o.ordered_at as event_at, p.plan
from raw.orders o
join raw.customer_plans p on p.customer_id = o.customer_id and p.is_current = true

-- snippet: validity_range; bigquery; hard clean
select o.customer_id, o.ordered_at as event_at, p.plan
from raw.orders o
join raw.customer_plans p
    on p.customer_id = o.customer_id
    and o.ordered_at between p.valid_from and p.valid_to

-- snippet: snapshot_by_its_range; snowflake; hard clean
select o.customer_id, o.ordered_at as event_at, s.segment
from raw.orders o
left join shop.customers_snapshot s
    on s.customer_id = o.customer_id
    and s.dbt_valid_from <= o.ordered_at
    and (s.dbt_valid_to > o.ordered_at or s.dbt_valid_to is null)

-- snippet: seed_of_regions; postgres; hard clean
select o.customer_id, o.ordered_at as event_at, r.region
from raw.orders o
left join shop.country_regions r on r.country = o.country

-- snippet: values_of_weights; duckdb; hard clean
with weights as (select * from (values ('web', 1.0), ('shop', 0.5)) as w (channel, weight))
select o.customer_id, o.ordered_at as event_at, o.amount * w.weight as weighted
from raw.orders o join weights w on w.channel = o.channel

-- snippet: rates_of_the_day; postgres; hard clean
select o.customer_id, o.ordered_at as event_at, o.amount * f.rate as amount_eur
from raw.orders o
join raw.fx_rates f on f.currency = o.currency and f.rate_date = cast(o.ordered_at as date)

-- snippet: dedup_by_event_id; snowflake; hard clean
with deduplicated as (
    select * from raw.orders
    qualify row_number() over (partition by order_id order by _loaded_at desc) = 1
)
select customer_id, ordered_at as event_at, amount from deduplicated

-- snippet: dedup_by_key_and_instant; bigquery; hard clean
select customer_id, occurred_at as event_at, page
from shop.stg_web_events
-- above: stg_web_events
with ranked as (
    select *, row_number() over (partition by customer_id, occurred_at order by _airbyte_extracted_at desc) as rn
    from raw.web_events
)
select * from ranked where rn = 1

-- snippet: attributes_that_never_change; postgres; hard clean
select customer_id, cast('1970-01-01' as timestamp) as event_at, birth_year, s.region as home_region
from raw.customers c
join raw.stores s on s.store_id = c.home_store_id

-- snippet: only_tests_membership; duckdb; hard clean
select o.customer_id, o.ordered_at as event_at, o.amount
from raw.orders o
inner join raw.customers c on c.customer_id = o.customer_id

-- snippet: lines_of_the_order; postgres; hard clean
select o.customer_id, o.ordered_at as event_at, i.quantity * i.unit_price as line_amount
from raw.orders o
join raw.order_items i on i.order_id = o.order_id

-- snippet: newest_before_each_order; trino; hard clean
with matched as (
    select o.customer_id, o.order_id, o.ordered_at, p.plan,
        row_number() over (partition by o.order_id order by p.changed_at desc) as rn
    from raw.orders o
    left join raw.customer_plans p on p.customer_id = o.customer_id and p.changed_at <= o.ordered_at
)
select customer_id, ordered_at as event_at, plan from matched where rn = 1

-- snippet: array_of_the_row_itself; snowflake; hard clean
select o.customer_id, o.ordered_at as event_at, f.value:sku::string as sku
from raw.orders o, lateral flatten(input => o.items) f

-- snippet: open_validity_in_where; postgres; current-state
select o.customer_id, o.ordered_at as event_at, p.plan
from raw.orders o
join raw.customer_plans p on p.customer_id = o.customer_id
where p.valid_to is null

-- snippet: open_end_by_a_far_date; redshift; current-state
select o.customer_id, o.ordered_at as event_at, p.plan
from raw.orders o
join raw.customer_plans p on p.customer_id = o.customer_id and p.valid_to = '9999-12-31'
