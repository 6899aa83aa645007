{# At most this share (0 to 1) of a column's values is null; an empty table passes. #}
{% test null_rate(model, column_name, at_most) %}

select
    count(*) as row_count,
    count(*) - count({{ adapter.quote(column_name) }}) as null_count
from {{ model }}
having count(*) - count({{ adapter.quote(column_name) }}) > {{ at_most }} * count(*)

{% endtest %}
