{#
    The output columns of a rolling_window, its arguments checked: a list of
    {name, function, input (SQL name, or none for events), column, data_type, window_us, value (SQL name of the result)}.
#}
{% macro _rolling_columns(join_keys, event_timestamp, aggregates, windows, created_timestamp) %}

    {% do featurectl._require_list('rolling_window', 'join_keys', join_keys) %}
    {% do featurectl._require_name('rolling_window', 'event_timestamp', event_timestamp) %}
    {% if created_timestamp is not none %}
        {% do featurectl._require_name('rolling_window', 'created_timestamp', created_timestamp) %}
    {% endif %}
    {% do featurectl._require_list('rolling_window', 'aggregates', aggregates) %}
    {% do featurectl._require_list('rolling_window', 'windows', windows) %}
    {% for window in windows %}{% do featurectl._require_duration('rolling_window', 'windows', window) %}{% endfor %}

    {% set taken = (join_keys + [event_timestamp] + ([created_timestamp] if created_timestamp else [])) | map('lower') | list %}
    {% set inputs = {} %}
    {% set columns = [] %}
    {% for aggregate in aggregates %}
        {% do featurectl._require_aggregate(aggregate) %}
        {% if 'column' in aggregate %}
            {% do inputs.setdefault(aggregate.column, 'rolling_input_' ~ (inputs | length + 1)) %}
        {% endif %}
        {% for window in windows %}
            {% set label = window.count ~ window.period[0] %}
            {% set name = [aggregate.get('name') or aggregate.get('column') or 'events', aggregate.function, label] | join('_') %}
            {% if name | lower in taken %}
                {% do featurectl._error(
                    'rolling_window: `aggregates`', 'output names that are all different', featurectl._shown(name) ~ ' twice',
                    "give one of them another name: {'function': '" ~ aggregate.function ~ "', 'name': ...}.",
                ) %}
            {% endif %}
            {% do taken.append(name | lower) %}
            {% do columns.append({
                'name': name,
                'function': aggregate.function,
                'column': aggregate.get('column'),
                'input': inputs.get(aggregate.get('column')),
                'data_type': aggregate.get('data_type'),
                'window_us': featurectl._seconds('rolling_window: `windows`', window) * 1000000,
                'value': 'rolling_value_' ~ (columns | length + 1),
            }) %}
        {% endfor %}
    {% endfor %}
    {{ return(columns) }}

{% endmacro %}


{% macro _require_aggregate(aggregate) %}
    {% set functions = ['count', 'sum', 'avg', 'min', 'max', 'count_distinct'] %}
    {% if aggregate is not mapping or aggregate.get('function') not in functions %}
        {% do featurectl._error(
            'rolling_window: `aggregates`', 'a mapping whose function is one of ' ~ functions | join(', '), featurectl._shown(aggregate),
            "write {'function': 'sum', 'column': 'amount'}.",
        ) %}
    {% endif %}
    {% do featurectl._require_keys('rolling_window', 'aggregates', aggregate, ['function', 'column', 'name', 'data_type']) %}
    {% if aggregate.function != 'count' or 'column' in aggregate %}
        {% do featurectl._require_name('rolling_window', 'column of ' ~ aggregate.function, aggregate.get('column')) %}
    {% endif %}
{% endmacro %}


{# [{alias, column}] of the join keys. #}
{% macro _rolling_keys(join_keys) %}
    {% set keys = [] %}
    {% for column in join_keys %}{% do keys.append({'alias': 'rolling_key_' ~ loop.index, 'column': column}) %}{% endfor %}
    {{ return(keys) }}
{% endmacro %}
