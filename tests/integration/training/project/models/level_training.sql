{{ featurectl.training_set(
    spine=ref('labels'),
    event_timestamp='seen_at',
    features=[{'view': 'readings', 'prefix': 'last_'}],
) }}
