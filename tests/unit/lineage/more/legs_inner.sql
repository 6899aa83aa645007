{{ config(materialized='ephemeral') }}
select tailnum, arr_delay_minutes as late_by, departed_at from {{ ref('stg_flights') }}
