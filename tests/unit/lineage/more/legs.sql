{{ config(materialized='ephemeral') }}
select *, late_by > 60 as is_very_late from {{ ref('legs_inner') }}
