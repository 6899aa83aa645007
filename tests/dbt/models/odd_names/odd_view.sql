{{ config(materialized='table') }}
select
    1::bigint as "order",
    timestamp '2024-01-01' as "select",
    2::bigint as "from here",
    3::bigint as "größe, m²",
    4::bigint as "pit_spine_us",
    5::bigint as "newest",
    timestamp '2024-01-02' as "loaded at"
