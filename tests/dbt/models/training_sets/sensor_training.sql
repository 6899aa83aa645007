{{ featurectl.training_set(
    spine=ref('spine'), event_timestamp='observed_at', features=['readings:level', 'readings:label'],
) }}
