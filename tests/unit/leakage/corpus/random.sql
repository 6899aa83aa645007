-- snippet: random_split; duckdb; random
select customer_id, ordered_at as event_at, case when random() < 0.8 then 'train' else 'test' end as split
from raw.orders

-- snippet: uuid_key; bigquery; random
select generate_uuid() as row_id, customer_id, ordered_at as event_at
from raw.orders

-- snippet: sampled_table; postgres; random
select customer_id, ordered_at as event_at, amount
from raw.orders tablesample system (10)

-- snippet: sampled_in_duckdb; duckdb; random
select customer_id, ordered_at as event_at, amount from raw.orders using sample 10%

-- snippet: seeded_sample; snowflake; random
with some as (select * from raw.orders sample (10) seed (42))
select customer_id, ordered_at as event_at, amount from some

-- snippet: spark_rand; spark; random
select customer_id, ordered_at as event_at, amount + randn(7) as noisy_amount from raw.orders

-- snippet: order_by_random; redshift; random
select customer_id, ordered_at as event_at, amount from raw.orders order by random() limit 1000

-- snippet: number_in_no_order; postgres; random
with numbered as (
    select customer_id, ordered_at, amount, row_number() over (partition by order_id) as rn
    from raw.orders
)
select customer_id, ordered_at as event_at, amount from numbered where rn = 1

-- snippet: newid_in_staging; sqlserver; random
select customer_id, ordered_at as event_at, bucket from shop.stg_orders
-- above: stg_orders
select customer_id, ordered_at, abs(checksum(newid())) % 10 as bucket from raw.orders

-- snippet: sample_by_hash; bigquery; hard clean
select customer_id, ordered_at as event_at, amount
from raw.orders
where mod(abs(farm_fingerprint(cast(customer_id as string))), 100) < 10

-- snippet: column_called_random; postgres; hard clean
select customer_id, ordered_at as event_at, random as value, 'uuid()' as other, sample from raw.orders

-- snippet: dedup_with_tie_break; postgres; hard clean
with ranked as (
    select *, row_number() over (partition by order_id order by ordered_at, line_id) as rn from raw.orders
)
select customer_id, ordered_at as event_at, amount from ranked where rn = 1

-- snippet: dbt_surrogate_key; snowflake; hard clean
select md5(cast(coalesce(cast(customer_id as text), '_null_') || '-' || cast(ordered_at as text) as text)) as row_key,
    customer_id, ordered_at as event_at, amount
from raw.orders
