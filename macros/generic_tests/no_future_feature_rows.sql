{# No feature row is visible only later than now. Leave it out for forecasts. #}
{% test no_future_feature_rows(model) %}
    {% if execute %}
    {% set times = featurectl._times_under_test('no_future_feature_rows') %}

select *
from {{ model }} as feature_rows
where {{ times.event_us }} > {{ featurectl._now_us() }}
    {%- if times.created_us %}
    or {{ times.created_us }} > {{ featurectl._now_us() }}
    {%- endif %}
    {% endif %}
{% endtest %}
