select * from {{ source('raw', 'raw_readings') }}
