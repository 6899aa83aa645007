select
    [[ entity ]]_id,
    changed_at,
    country,
    plan
from {{ ref('raw_profiles') }}
