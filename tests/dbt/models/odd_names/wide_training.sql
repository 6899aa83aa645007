{{ featurectl.training_set(
    spine="select 1::bigint as id, timestamp '2024-02-01' as observed_at", event_timestamp='observed_at', features=['wide_view:*'],
) }}
