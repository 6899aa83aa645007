{# An optional SQL expression. #}
{% macro _require_expression(macro_name, argument, value) %}
    {% if value is not none and (value is not string or value | trim == '' or featurectl._micros_of_text(value | trim(" '")) is not none) %}
        {% do featurectl._error(
            macro_name ~ ': `' ~ argument ~ '`', 'an SQL expression of a timestamp', featurectl._shown(value),
            'write ' ~ argument ~ '="timestamp \'2013-07-01 00:00:00\'", or leave it out.',
        ) %}
    {% endif %}
{% endmacro %}


{# UTC microseconds of an SQL expression, which may be a subquery: it is written, and run, once. #}
{% macro _instant_us(expression) %}
    {{ return('(select ' ~ featurectl._epoch_us('instant.given_at') ~ ' from (select ' ~ expression ~ ' as given_at) as instant)') }}
{% endmacro %}
