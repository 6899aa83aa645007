{# Microseconds since 1970 as a timestamp that reads as UTC: a naive one where the engine has them. #}
{% macro _utc_timestamp(micros) %}
    {{ return(adapter.dispatch('_utc_timestamp', 'featurectl')(micros)) }}
{% endmacro %}


{% macro default___utc_timestamp(micros) %}
    {{ return('timestamp_micros(' ~ micros ~ ')') }}
{% endmacro %}


{% macro duckdb___utc_timestamp(micros) %}
    {{ return('make_timestamp(' ~ micros ~ ')') }}
{% endmacro %}


{# An interval is multiplied as a double: whole seconds and the rest apart stay exact. #}
{% macro postgres___utc_timestamp(micros) %}
    {{ return(
        "timestamp '1970-01-01 00:00:00' + (" ~ micros ~ ") / 1000000 * interval '1 second' + ("
        ~ micros ~ ") % 1000000 * interval '1 microsecond'"
    ) }}
{% endmacro %}


{% macro redshift___utc_timestamp(micros) %}
    {{ return('dateadd(microsecond, ' ~ micros ~ ", timestamp '1970-01-01 00:00:00')") }}
{% endmacro %}


{% macro snowflake___utc_timestamp(micros) %}
    {{ return('to_timestamp_ntz(' ~ micros ~ ', 6)') }}
{% endmacro %}


{% macro trino___utc_timestamp(micros) %}
    {{ return("date_add('microsecond', " ~ micros ~ ", timestamp '1970-01-01 00:00:00.000000')") }}
{% endmacro %}
