select * from {{ source('raw', 'raw_broken') }} where id = 2 or id = 3
