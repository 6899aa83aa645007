{# Stop compilation unless the value is dbt's {count, period}; _seconds then reads it. #}
{% macro _require_duration(macro_name, argument, value) %}
    {% set periods = ['second', 'minute', 'hour', 'day', 'week'] %}
    {% if value is not mapping
        or value.keys() | sort != ['count', 'period']
        or value.count is boolean or value.count is not integer or value.count <= 0
        or value.period not in periods %}
        {% do featurectl._error(
            macro_name ~ ': `' ~ argument ~ '`',
            '{count: <positive integer>, period: ' ~ periods | join(' | ') ~ '}',
            featurectl._shown(value),
            "write {'count': 7, 'period': 'day'}.",
        ) %}
    {% endif %}
{% endmacro %}
