{# A feature view as one side of a join, with what its own metadata says: the shape that point_in_time_join takes. #}
{% macro _join_of_view(view, relation, keys) %}
    {% set where = 'feature view ' ~ view.name %}
    {% if not view.event_time %}
        {% do featurectl._error(where ~ ': config.event_time', 'the name of its event timestamp column', view.event_time, 'set `event_time` in its config.') %}
    {% endif %}
    {% if not view.columns or not view.get('enforced', true) %}
        {% do featurectl._error(where ~ ': columns', 'an enforced contract', 'none', 'declare every column with its data_type and set `contract: {enforced: true}`.') %}
    {% endif %}
    {% set marked = view.feature_view %}
    {{ return({
        'name': view.name ~ ('@v' ~ view.version if view.get('version') else ''),
        'relation': relation,
        'join_keys': keys,
        'key_columns': featurectl._key_columns(view),
        'event_timestamp': featurectl._column(view, view.event_time),
        'created_timestamp': featurectl._column(view, marked.created_timestamp) if marked.get('created_timestamp') else none,
        'ttl_seconds': featurectl._seconds(where ~ ': ttl', marked.ttl) if marked.get('ttl') is not none else none,
        'tombstone': marked.get('tombstone'),
        'features': [],
        'tie_order': featurectl._features_of_view(view),
        'is_indexed': featurectl._is_indexed(view),
    }) }}
{% endmacro %}


{% macro _key_columns(view) %}
    {% set columns = [] %}
    {% for key in view.feature_view.join_keys %}{% do columns.append(featurectl._column(view, key)) %}{% endfor %}
    {{ return(columns) }}
{% endmacro %}


{% macro _column(view, name) %}
    {% for column in view.columns if column.name == name %}
        {{ return({'name': name, 'data_type': column.data_type}) }}
    {% endfor %}
    {% do featurectl._error(
        'feature view ' ~ view.name, 'a column of its contract', featurectl._shown(name),
        'there is: ' ~ featurectl._nearest(name, view.columns | map(attribute='name') | list) ~ '.',
    ) %}
{% endmacro %}


{# dbt's {count, period} in seconds; never an interval in days, which stretches with daylight saving in a zoned session. #}
{% macro _seconds(where, duration) %}
    {% set periods = {'second': 1, 'minute': 60, 'hour': 3600, 'day': 86400, 'week': 604800} %}
    {% if duration is not mapping or duration.get('count') is not integer or duration.count <= 0 or duration.get('period') not in periods %}
        {% do featurectl._error(
            where, '{count: <positive integer>, period: ' ~ periods | join(' | ') ~ '}', duration, 'write {count: 30, period: day}, or leave it out.',
        ) %}
    {% endif %}
    {{ return(duration.count * periods[duration.period]) }}
{% endmacro %}


{# Whether an index on the join keys, in any order, and then the event timestamp is declared in the view's config. #}
{% macro _is_indexed(view) %}
    {% set keys = view.feature_view.join_keys %}
    {% for index in view.get('indexes') or [] %}
        {% set columns = index.columns %}
        {% if columns[:keys | length] | sort == keys | sort and columns[keys | length:][:1] == [view.event_time] %}
            {{ return(true) }}
        {% endif %}
    {% endfor %}
    {{ return(false) }}
{% endmacro %}
