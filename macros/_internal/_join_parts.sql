{# The pieces that every form of the point-in-time join is put together from. #}

{# A spine is a relation, the name of a CTE above the call, or SQL text. #}
{% macro _from_spine(spine) %}
    {% if spine is not string %}{{ return(spine | string) }}{% endif %}
    {% set sql = modules.re.sub(';\\s*$', '', spine | trim) %}
    {% if modules.re.match('^[A-Za-z_][A-Za-z0-9_.]*$', sql) %}{{ return(sql) }}{% endif %}
    {# the closing bracket stands on a line of its own: the text may end in a comment #}
    {{ return('(\n' ~ sql ~ '\n) as spine_query') }}
{% endmacro %}


{# [{alias, view_column, spine_column}]: short aliases keep key names of both sides apart. #}
{% macro _key_aliases(view) %}
    {% set keys = [] %}
    {% for view_column, spine_column in view.join_keys.items() %}
        {% do keys.append({'alias': 'pit_key_' ~ loop.index, 'view_column': view_column, 'spine_column': spine_column}) %}
    {% endfor %}
    {{ return(keys) }}
{% endmacro %}


{# c of a row in microseconds: e where it is null; null (never eligible) where it is infinite. #}
{% macro _created_us(view, event_us) %}
    {% if not view.created_timestamp %}{{ return(none) }}{% endif %}
    {% set column = 'feature_rows.' ~ adapter.quote(view.created_timestamp.name) %}
    {{ return('case when ' ~ column ~ ' is null then ' ~ event_us ~ ' else ' ~ featurectl._epoch_us(column, view.created_timestamp.data_type) ~ ' end') }}
{% endmacro %}


{#
    ORDER BY terms over the alias feature_rows, the winner of a tie on (k, e) first: greatest created timestamp where it is still
    open, then greatest features in contract order, nulls lowest. At last a tombstone goes before a row that is none.
#}
{% macro _tie_order(view, created_us=none) %}
    {% set terms = [created_us ~ ' desc'] if created_us else [] %}
    {% for column in featurectl._tie_columns(view) %}
        {% do terms.append(featurectl._sortable('feature_rows.' ~ adapter.quote(column.name), column.data_type) ~ ' desc nulls last') %}
    {% endfor %}
    {{ return(terms | join(',\n')) }}
{% endmacro %}


{# Every column that settles ties, in order: the features, then the tombstone. #}
{% macro _tie_columns(view) %}
    {{ return(view.tie_order + ([{'name': view.tombstone, 'data_type': 'boolean'}] if view.tombstone else [])) }}
{% endmacro %}


{# A value as all engines sort it: text by code point. #}
{% macro _sortable(expression, data_type) %}
    {{ return(adapter.dispatch('_sortable', 'featurectl')(expression, data_type)) }}
{% endmacro %}


{% macro default___sortable(expression, data_type) %}
    {{ return(expression) }}
{% endmacro %}


{# PostgreSQL sorts text by the database's language, and plain json not at all. #}
{% macro postgres___sortable(expression, data_type) %}
    {% set type = data_type | lower %}
    {% if type == 'json' %}{{ return('(' ~ expression ~ '::text collate "C")') }}{% endif %}
    {% if type.startswith(('text', 'varchar', 'char', 'bpchar')) and '[' not in type %}{{ return('(' ~ expression ~ ' collate "C")') }}{% endif %}
    {{ return(expression) }}
{% endmacro %}


{# Redshift sorts text by its bytes, and knows no collation of this kind. #}
{% macro redshift___sortable(expression, data_type) %}
    {{ return(expression) }}
{% endmacro %}


{# BigQuery sorts no nested values. #}
{% macro bigquery___sortable(expression, data_type) %}
    {% set is_nested = (data_type | lower).startswith(('array', 'struct', 'json')) %}
    {{ return('to_json_string(' ~ expression ~ ')' if is_nested else expression) }}
{% endmacro %}


{# [{output_name, sql}] of the final select, in the order the features were asked for. #}
{% macro _in_output_order(feature_views) %}
    {% set columns = [] %}
    {% for view in feature_views %}
        {% set winners = 'pit_winners_' ~ loop.index %}
        {% for feature in view.features %}
            {% set value = winners ~ '.pit_feature_' ~ loop.index %}
            {% if feature.default is not none %}
                {% set value = 'case when ' ~ winners ~ '.pit_spine_us is null then ' ~ featurectl._literal(feature.default, feature.data_type) ~ ' else ' ~ value ~ ' end' %}
            {% endif %}
            {% do columns.append({'position': feature.position, 'output_name': feature.output_name, 'sql': value}) %}
        {% endfor %}
    {% endfor %}
    {{ return(columns | sort(attribute='position')) }}
{% endmacro %}
