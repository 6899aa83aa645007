{{ featurectl.training_set(
    spine=ref('spine'),
    event_timestamp='observed_at',
    features=[
        'pairs:score',
        'accounts:*',
        {'view': 'days', 'join_keys': {'day': 'opened_on'}, 'prefix': 'opening_'},
        'pairs:remark',
    ],
) }}
