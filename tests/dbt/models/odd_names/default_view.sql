{{ config(materialized='table') }}
select
    1::bigint as id,
    timestamp '2024-01-01' as observed,
    array['x']::varchar[] as tags,
    timestamp '2024-01-01' as naive,
    timestamp '2024-01-01' as shifted,
    {{ "timestamptz '2024-01-01 00:00:00+00'" }} as zoned,
    date '2024-01-01' as day,
    true as flag,
    'x' as remark,
    0.5::double precision as ratio
