{{ config(event_time='observed_at') }}
select * from {{ ref('spine') }}
