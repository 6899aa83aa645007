select * from {{ source('raw', 'raw_pairs') }}
