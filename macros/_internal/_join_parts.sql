{# The pieces that every form of the point-in-time join is put together from. #}

{# A spine is a relation, the name of a CTE above the call, or SQL text. #}
{% macro _from_spine(spine) %}
    {% if spine is not string %}{{ return(spine | string) }}{% endif %}
    {% if modules.re.match('^[A-Za-z_][A-Za-z0-9_.]*$', spine | trim) %}{{ return(spine | trim) }}{% endif %}
    {{ return('(' ~ spine ~ ') as spine_query') }}
{% endmacro %}


{# [{alias, view_column, spine_column}]: short aliases keep key names of both sides apart. #}
{% macro _key_aliases(view) %}
    {% set keys = [] %}
    {% for view_column, spine_column in view.join_keys.items() %}
        {% do keys.append({'alias': 'pit_key_' ~ loop.index, 'view_column': view_column, 'spine_column': spine_column}) %}
    {% endfor %}
    {{ return(keys) }}
{% endmacro %}


{#
    UTC microseconds since 1970 of a date or timestamp of any kind; null for null and infinite ones. Naive means UTC.

    Without a declared type the expression works for every one of them.
#}
{% macro _epoch_us(expression, data_type=none) %}
    {{ return(adapter.dispatch('_epoch_us', 'featurectl')(expression, data_type)) }}
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


{# c of a row in microseconds: e where it is null; null (never eligible) where it is infinite. #}
{% macro _created_us(view, event_us) %}
    {% if not view.created_timestamp %}{{ return(none) }}{% endif %}
    {% set column = 'feature_rows.' ~ adapter.quote(view.created_timestamp.name) %}
    {{ return('case when ' ~ column ~ ' is null then ' ~ event_us ~ ' else ' ~ featurectl._epoch_us(column, view.created_timestamp.data_type) ~ ' end') }}
{% endmacro %}


{# Greatest created timestamp first where it is still open, then greatest features in contract order, nulls lowest. #}
{% macro _tie_order(view, created_us, rows) %}
    {% set terms = [] %}
    {% if created_us %}{% do terms.append(created_us ~ ' desc') %}{% endif %}
    {% for name in view.tie_order %}
        {% do terms.append(rows ~ '.' ~ adapter.quote(name) ~ ' desc nulls last') %}
    {% endfor %}
    {% if view.tombstone %}{% do terms.append(rows ~ '.' ~ adapter.quote(view.tombstone) ~ ' desc nulls last') %}{% endif %}
    {{ return(terms | join(',\n                ')) }}
{% endmacro %}


{# [{output_name, sql}] of the final select, in the order the features were asked for. #}
{% macro _in_output_order(feature_views) %}
    {% set columns = [] %}
    {% for view in feature_views %}
        {% set winners = 'pit_winners_' ~ loop.index %}
        {% for feature in view.features %}
            {% set value = winners ~ '.pit_feature_' ~ loop.index %}
            {% if feature.default is not none %}
                {% set value = 'case when ' ~ winners ~ '.pit_spine_us is null then ' ~ featurectl._literal(feature) ~ ' else ' ~ value ~ ' end' %}
            {% endif %}
            {% do columns.append({'position': feature.position, 'output_name': feature.output_name, 'sql': value}) %}
        {% endfor %}
    {% endfor %}
    {{ return(columns | sort(attribute='position')) }}
{% endmacro %}


{# A feature's default as a literal of its own type. #}
{% macro _literal(feature) %}
    {% if feature.default is string %}
        {% set literal = dbt.string_literal(feature.default | replace("'", "''")) %}
    {% else %}
        {% set literal = feature.default | string | lower %}
    {% endif %}
    {{ return('cast(' ~ literal ~ ' as ' ~ feature.data_type ~ ')') }}
{% endmacro %}
