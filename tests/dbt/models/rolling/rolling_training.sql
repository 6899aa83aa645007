{{ featurectl.training_set(
    spine=ref('spine'),
    event_timestamp='observed_at',
    features=['rolling_readings:*', 'rolling_labels:*', 'rolling_pairs:*', 'rolling_remarks:*'],
) }}
