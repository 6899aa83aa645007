{{ config(indexes=[{'columns': ['sensor_id'] + ['event_at']}] if var('indexed') else []) }}
select * from {{ source('raw', 'raw_readings') }}
