{#
    One aggregate as a window function over `frame`, of the type that its column declares.

    A mean is a quotient of sum and count, so that means of whole numbers are the same to the last bit in every warehouse.
#}
{% macro _rolling_aggregate(column, input, frame) %}
    {% if column.function == 'avg' %}
        {% set value = 'cast(sum(' ~ input ~ ') over ' ~ frame ~ ' as ' ~ featurectl._double_type() ~ ') / nullif(count(' ~ input ~ ') over ' ~ frame ~ ', 0)' %}
    {% elif column.function == 'count_distinct' %}
        {% set value = 'count(distinct ' ~ input ~ ') over ' ~ frame %}
    {% else %}
        {% set value = column.function ~ '(' ~ input ~ ') over ' ~ frame %}
    {% endif %}
    {{ return(featurectl._cast_to(value, column.data_type)) }}
{% endmacro %}


{% macro _cast_to(value, data_type) %}
    {{ return('cast(' ~ value ~ ' as ' ~ data_type ~ ')' if data_type else value) }}
{% endmacro %}


{# The name of the 64-bit floating type; dbt's type_float has 32 bits on DuckDB. #}
{% macro _double_type() %}
    {{ return(adapter.dispatch('_double_type', 'featurectl')()) }}
{% endmacro %}


{% macro default___double_type() %}
    {{ return('double precision') }}
{% endmacro %}


{% macro bigquery___double_type() %}
    {{ return('float64') }}
{% endmacro %}


{% macro spark___double_type() %}
    {{ return('double') }}
{% endmacro %}


{% macro trino___double_type() %}
    {{ return('double') }}
{% endmacro %}
