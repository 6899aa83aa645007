{# No row was known before it was true. Leave it out for forecasts. #}
{% test created_not_before_event(model) %}
    {% if execute %}
    {% set times = featurectl._times_under_test('created_not_before_event') %}
    {% if not times.created_us %}
        {% do featurectl._error(
            'test created_not_before_event', 'a feature view with a created_timestamp', 'none', 'declare it, or remove the test.',
        ) %}
    {% endif %}

select *
from {{ model }} as feature_rows
where {{ times.created_us }} < {{ times.event_us }}
    {% endif %}
{% endtest %}
