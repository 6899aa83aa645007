select guest_id, paid_at, booked_at, amount, tip from {{ source('till', 'receipts') }}
