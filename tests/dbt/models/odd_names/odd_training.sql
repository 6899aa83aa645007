with "group by" as (
    select 1::bigint as "where", timestamp '2024-02-01' as "when", 'x' as "pit_key_1"
)
{{ featurectl.training_set(
    spine='select * from "group by"', event_timestamp='when', features=['odd_view:*'], join_keys={'order': 'where'},
) }}
