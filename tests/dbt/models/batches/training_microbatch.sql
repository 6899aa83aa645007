{{ config(
    materialized='incremental', incremental_strategy='microbatch', event_time='observed_at', batch_size='day', begin='2024-01-02',
) }}
{{ featurectl.training_set(
    spine=ref('dated_spine'), event_timestamp='observed_at',
    features=['readings:level', 'pairs:score', {'view': 'constants', 'join_keys': {'place': 'origin'}}],
) }}
