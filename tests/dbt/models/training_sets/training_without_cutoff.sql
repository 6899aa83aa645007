{{ config(materialized='view') }}
with observed as (
    select * from {{ ref('spine') }}
)
{{ featurectl.training_set(
    spine='observed',
    event_timestamp='observed_at',
    features=['readings:*'],
    known_at_cutoff=false,
) }}
