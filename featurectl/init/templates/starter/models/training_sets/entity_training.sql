{{ featurectl.training_set(
    spine=ref('[[ entity ]]_labels'),
    event_timestamp='decided_at',
    features=[
        '[[ entity ]]_activity:events_count_7d',
        '[[ entity ]]_activity:events_count_30d',
        '[[ entity ]]_activity:amount_sum_30d',
        '[[ entity ]]_profile:country',
        '[[ entity ]]_profile:plan',
    ],
) }}
