{{ config(materialized='table') }}
{{ featurectl.training_set(
    spine=ref('dated_spine'), event_timestamp='observed_at',
    features=['readings:level', 'pairs:score', {'view': 'constants', 'join_keys': {'place': 'origin'}}],
) }}
