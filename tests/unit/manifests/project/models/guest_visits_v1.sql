select guest_id, paid_at, booked_at, 1::bigint as visits_count_7d, amount as spent_sum_7d from {{ ref('stg_receipts') }}
