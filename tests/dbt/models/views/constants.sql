{{ config(indexes=[{'columns': ['place'] + ['valid_from']}] if var('indexed') else []) }}
select * from {{ source('raw', 'raw_constants') }}
