{{ config(materialized='table') }}
{{ featurectl.training_set(
    spine=ref('spine'),
    event_timestamp='observed_at',
    features=[
        'readings:*',
        'pairs:score',
        {'view': 'constants', 'join_keys': {'place': 'origin'}, 'prefix': 'origin_'},
        'pairs:remark',
        {'view': 'constants', 'join_keys': {'place': 'destination'}, 'prefix': 'destination_'},
    ],
) }}
