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


{# A zoned value of an undeclared type (a spine's) is read in the session's zone, on Redshift UTC unless it was changed. #}
{% macro redshift___epoch_us(expression, data_type) %}
    {% set is_zoned = data_type is not none and data_type | lower in ('timestamptz', 'timestamp with time zone') %}
    {% set utc = '(' ~ expression ~ " at time zone 'UTC')" if is_zoned else expression %}
    {{ return("datediff(microsecond, timestamp '1970-01-01 00:00:00', " ~ utc ~ ')') }}
{% endmacro %}


{% macro snowflake___epoch_us(expression, data_type) %}
    {% set is_date = data_type is not none and data_type | lower == 'date' %}
    {{ return('date_part(epoch_microsecond, ' ~ ('cast(' ~ expression ~ ' as timestamp_ntz)' if is_date else expression) ~ ')') }}
{% endmacro %}


{# TIMESTAMP() takes a DATE or DATETIME as UTC, and a TIMESTAMP as it is. #}
{% macro bigquery___epoch_us(expression, data_type) %}
    {{ return('unix_micros(timestamp(' ~ expression ~ '))') }}
{% endmacro %}


{#
    A Spark TIMESTAMP is an instant; a TIMESTAMP_NTZ or DATE that becomes one is read in the session's zone, where an hour a year
    does not exist: so those are subtracted from a naive 1970. typeof() is settled while planning, and the other branch is gone.
#}
{% macro spark___epoch_us(expression, data_type) %}
    {{ return(
        'case when typeof(' ~ expression ~ ") = 'timestamp' then unix_micros(cast(" ~ expression ~ ' as timestamp_ltz)) else '
        ~ '(cast(' ~ expression ~ " as timestamp_ntz) - timestamp_ntz'1970-01-01 00:00:00') div interval '0.000001' second end"
    ) }}
{% endmacro %}


{# Trino counts no microseconds between timestamps. to_unixtime() takes naive as UTC; its double is exact to the microsecond until 2242. #}
{% macro trino___epoch_us(expression, data_type) %}
    {{ return('cast(round(to_unixtime(' ~ expression ~ ') * 1000000) as bigint)') }}
{% endmacro %}
