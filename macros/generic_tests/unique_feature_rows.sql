{# No two rows of a feature view share join keys, event timestamp and created timestamp; a null created timestamp means the event's. #}
{% test unique_feature_rows(model) %}
    {% if execute %}
    {% set view = featurectl._view_under_test('unique_feature_rows') %}
    {% set times = featurectl._times_under_test('unique_feature_rows') %}
    {% set keys = featurectl._quoted_list(view.feature_view.join_keys) %}

select
    {{ keys }},
    {{ times.event_us }} as event_us,
    {{ times.created_us or times.event_us }} as created_us,
    count(*) as feature_rows
from {{ model }} as feature_rows
where {{ times.event_us }} is not null
    {%- for key in view.feature_view.join_keys %}
    and {{ adapter.quote(key) }} is not null
    {%- endfor %}
group by {{ keys }}, {{ times.event_us }}, {{ times.created_us or times.event_us }}
having count(*) > 1
    {% endif %}
{% endtest %}
