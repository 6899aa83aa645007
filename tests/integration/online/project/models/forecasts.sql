select * from {{ source('raw', 'raw_broken') }} where id = 1
