{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}
with new_rows as (
    select * from {{ ref('dated_spine') }}
    where observed_at < timestamp '{{ var("built_until") }}'
    {% if is_incremental() %}
        and observed_at > (select max(observed_at) from {{ this }})
    {% endif %}
)
{{ featurectl.training_set(
    spine='new_rows', event_timestamp='observed_at',
    features=['readings:level', 'pairs:score', {'view': 'constants', 'join_keys': {'place': 'origin'}}],
) }}
