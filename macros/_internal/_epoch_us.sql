{#
    UTC microseconds since 1970 of a date or timestamp of any kind, as a 64-bit integer; null for null and infinite ones.

    Naive means UTC, whatever the session's time zone; finer fractions are floored. Without a declared type (a spine may be any SQL)
    the expression works for every type of the engine.
#}
{% macro _epoch_us(expression, data_type=none) %}
    {{ return(adapter.dispatch('_epoch_us', 'featurectl')(expression, data_type)) }}
{% endmacro %}


{% macro default___epoch_us(expression, data_type) %}
    {% do featurectl._error(
        'featurectl', 'an adapter whose timestamps it can read: bigquery, duckdb, postgres, redshift, snowflake, spark, trino',
        featurectl._shown(adapter.type()), 'write a macro ' ~ adapter.type() ~ '___epoch_us in your project and put it first in `dispatch`.',
    ) %}
{% endmacro %}


{# DuckDB truncates nanoseconds towards 1970; before it that is up, one microsecond too late. #}
{% macro duckdb___epoch_us(expression, data_type) %}
    {% set truncated = 'epoch_us(' ~ expression ~ ')' %}
    {% if data_type is not none and data_type | lower != 'timestamp_ns' %}{{ return(truncated) }}{% endif %}
    {{ return(
        '(' ~ truncated ~ " - case when typeof(" ~ expression ~ ") = 'TIMESTAMP_NS' and "
        ~ expression ~ ' < make_timestamp(' ~ truncated ~ ') then 1 else 0 end)'
    ) }}
{% endmacro %}


{# EXTRACT is exact (numeric) since PostgreSQL 14; it takes a naive timestamp as UTC. #}
{% macro postgres___epoch_us(expression, data_type) %}
    {{ return(
        'case when isfinite(' ~ expression ~ ') then (extract(epoch from ' ~ expression ~ ') * 1000000)::bigint end'
    ) }}
{% endmacro %}


{% macro redshift___epoch_us(expression, data_type) %}
    {{ return("datediff(microsecond, timestamp '1970-01-01', " ~ expression ~ ')') }}
{% endmacro %}


{% macro snowflake___epoch_us(expression, data_type) %}
    {{ return('date_part(epoch_microsecond, ' ~ expression ~ ')') }}
{% endmacro %}


{% macro bigquery___epoch_us(expression, data_type) %}
    {{ return('unix_micros(timestamp(' ~ expression ~ '))') }}
{% endmacro %}


{# A Spark TIMESTAMP is an instant; a TIMESTAMP_NTZ cast to one would be read in the session's zone. #}
{% macro spark___epoch_us(expression, data_type) %}
    {% set instant = 'unix_micros(cast(' ~ expression ~ ' as timestamp))' %}
    {% set naive = "timestampdiff(microsecond, timestamp_ntz'1970-01-01 00:00:00', cast(" ~ expression ~ ' as timestamp_ntz))' %}
    {% if data_type is not none and data_type | lower == 'timestamp' %}{{ return(instant) }}{% endif %}
    {{ return('case when typeof(' ~ expression ~ ") = 'timestamp' then " ~ instant ~ ' else ' ~ naive ~ ' end') }}
{% endmacro %}


{% macro trino___epoch_us(expression, data_type) %}
    {{ return("date_diff('microsecond', timestamp '1970-01-01 00:00:00', cast(" ~ expression ~ ' as timestamp(6)))') }}
{% endmacro %}
