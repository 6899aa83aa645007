{#
    A value from YAML as a literal of a column's type: what serving answers for the same default.

    A time without a zone is UTC and one with a zone is moved there, whatever the session's time zone.
#}
{% macro _literal(value, data_type) %}
    {{ return('cast(' ~ featurectl._bare_literal(value, data_type) ~ ' as ' ~ data_type ~ ')') }}
{% endmacro %}


{% macro _bare_literal(value, data_type) %}
    {% if value is none %}{{ return('null') }}{% endif %}
    {% if value is boolean %}{{ return('true' if value else 'false') }}{% endif %}
    {% if value is number %}{{ return(value | string) }}{% endif %}
    {% if value is sequence and value is not string %}
        {% set items = [] %}
        {% for item in value %}
            {% do items.append(featurectl._bare_literal(item, data_type | replace('[]', ''))) %}
        {% endfor %}
        {{ return(featurectl._list_literal(items)) }}
    {% endif %}
    {% set text = value | string %}
    {% if featurectl._type_kind(data_type) == 'time' and data_type | lower != 'date' %}
        {% set text = featurectl._utc_text(text, featurectl._is_zoned(data_type)) %}
    {% endif %}
    {{ return(featurectl._quoted_text(text)) }}
{% endmacro %}


{# The instant in UTC, `+00:00` at its end for a zoned type; a text that is no ISO timestamp is left for the engine to judge. #}
{% macro _utc_text(text, is_zoned) %}
    {% set micros = featurectl._micros_of_text(text) %}
    {% if micros is none %}{{ return(text) }}{% endif %}
    {% set utc = modules.datetime.datetime(1970, 1, 1) + modules.datetime.timedelta(microseconds=micros) %}
    {{ return(utc.isoformat(' ', 'microseconds') ~ ('+00:00' if is_zoned else '')) }}
{% endmacro %}


{# Whether a timestamp type is an instant; plain `timestamp` is one on some engines. #}
{% macro _is_zoned(data_type) %}
    {% set type = data_type | lower %}
    {{ return(
        type.startswith(('timestamptz', 'timestamp_tz', 'timestamp_ltz'))
        or 'with time zone' in type
        or (type == 'timestamp' and adapter.type() in ('bigquery', 'databricks', 'spark'))
    ) }}
{% endmacro %}


{% macro _list_literal(items) %}
    {{ return(adapter.dispatch('_list_literal', 'featurectl')(items)) }}
{% endmacro %}


{% macro default___list_literal(items) %}
    {{ return('array[' ~ items | join(', ') ~ ']') }}
{% endmacro %}


{% macro duckdb___list_literal(items) %}
    {{ return('[' ~ items | join(', ') ~ ']') }}
{% endmacro %}


{% macro bigquery___list_literal(items) %}
    {{ return('[' ~ items | join(', ') ~ ']') }}
{% endmacro %}


{% macro snowflake___list_literal(items) %}
    {{ return('array_construct(' ~ items | join(', ') ~ ')') }}
{% endmacro %}


{% macro spark___list_literal(items) %}
    {{ return('array(' ~ items | join(', ') ~ ')') }}
{% endmacro %}


{% macro _quoted_text(text) %}
    {{ return(adapter.dispatch('_quoted_text', 'featurectl')(text)) }}
{% endmacro %}


{% macro default___quoted_text(text) %}
    {{ return("'" ~ (text | replace("'", "''")) ~ "'") }}
{% endmacro %}


{# In these engines a backslash escapes; two quotes are, in some versions, two literals. #}
{% macro bigquery___quoted_text(text) %}
    {{ return("'" ~ (text | replace('\\', '\\\\') | replace("'", "\\'") | replace('\n', '\\n')) ~ "'") }}
{% endmacro %}


{% macro snowflake___quoted_text(text) %}
    {{ return(featurectl.bigquery___quoted_text(text)) }}
{% endmacro %}


{% macro spark___quoted_text(text) %}
    {{ return(featurectl.bigquery___quoted_text(text)) }}
{% endmacro %}
