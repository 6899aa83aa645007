{# No two rows of a feature view share join keys, event timestamp and created timestamp. #}
{% test unique_feature_rows(model) %}
    {% if execute %}
    {% set view = featurectl._view_under_test('unique_feature_rows') %}
    {% set columns = view.feature_view.join_keys + [view.event_time, view.feature_view.get('created_timestamp')] %}
    {% set quoted = featurectl._quoted_list(columns | select | list) %}

select
    {{ quoted }},
    count(*) as feature_rows
from {{ model }}
group by {{ quoted }}
having count(*) > 1
    {% endif %}
{% endtest %}
