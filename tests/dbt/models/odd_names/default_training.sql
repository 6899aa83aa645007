{{ featurectl.training_set(
    spine="select 2::bigint as id, timestamp '2024-02-01' as observed_at  -- a text may end in a comment",
    event_timestamp='observed_at', features=['default_view:*'],
) }}
