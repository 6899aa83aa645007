select * from {{ source('raw', 'raw_days') }}
