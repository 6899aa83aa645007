{{ config(indexes=[{'columns': ['right_id', 'left_id'] + ['event_at']}] if var('indexed') else []) }}
select * from {{ source('raw', 'raw_pairs') }}
