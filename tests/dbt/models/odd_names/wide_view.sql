{{ config(materialized='table') }}
select 1::bigint as id, timestamp '2024-01-01' as observed{% for i in range(200) %}, {{ i }}::bigint as feature_{{ i }}{% endfor %}
