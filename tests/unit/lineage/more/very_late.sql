{{ config(materialized='incremental') }}
select legs.tailnum, legs.is_very_late, legs.departed_at, legs_inner.late_by
from {{ ref('legs') }} as legs
inner join {{ ref('legs_inner') }} as legs_inner using (tailnum)
