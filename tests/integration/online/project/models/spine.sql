select * from {{ source('raw', 'raw_spine') }}
