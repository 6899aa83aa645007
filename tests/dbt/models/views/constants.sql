select * from {{ source('raw', 'raw_constants') }}
