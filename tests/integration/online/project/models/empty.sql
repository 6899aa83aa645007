select * from {{ source('raw', 'raw_broken') }} where false
