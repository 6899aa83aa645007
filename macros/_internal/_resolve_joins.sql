{#
    Feature items -> the joins that point_in_time_join takes: one for each different (view, key mapping), in the order of first use.

    Each feature remembers its `position` in the list, so that output columns keep the order asked for. `relations` are those
    that the items were referenced by, in the same order; without them, the relations in the graph.
#}
{% macro _resolve_joins(items, views, relations=none) %}

    {% set joins = {} %}
    {% set position = namespace(next=0) %}
    {% for item in items %}
        {% set view = featurectl._find_view(item, views) %}
        {% set keys = featurectl._spine_keys(view, item.join_keys) %}
        {% set relation = relations[loop.index0] if relations else view.relation %}
        {% set identity = relation ~ keys %}
        {% if identity not in joins %}
            {% do joins.update({identity: featurectl._join_of_view(view, relation, keys)}) %}
        {% endif %}
        {% for column in featurectl._wanted_features(view, item.features) %}
            {% do joins[identity].features.append({
                'name': column.name,
                'output_name': item.prefix ~ column.name,
                'data_type': column.data_type,
                'default': view.feature_view.get('defaults', {}).get(column.name),
                'position': position.next,
            }) %}
            {% set position.next = position.next + 1 %}
        {% endfor %}
    {% endfor %}
    {% do featurectl._require_known_keys(items, joins.values() | list) %}
    {{ return(joins.values() | list) }}

{% endmacro %}


{# A mapped key that no view of the call has is a slip of the pen, and would be ignored in silence. #}
{% macro _require_known_keys(items, joins) %}
    {% set known = [] %}
    {% for join in joins %}{% do known.extend(join.join_keys) %}{% endfor %}
    {% for item in items %}
        {% for key in item.join_keys if key not in known %}
            {% do featurectl._error(
                'training_set: `join_keys`', 'a join key of one of its views', featurectl._shown(key),
                'there is: ' ~ featurectl._nearest(key, known) ~ '; write {view column: spine column}.',
            ) %}
        {% endfor %}
    {% endfor %}
{% endmacro %}


{# The views that an item {view, version, package} may mean; without a version, the latest. #}
{% macro _matching_views(item, views) %}
    {% set found = [] %}
    {% for view in views if view.name == item.view %}
        {% set version = item.version or view.get('latest_version') %}
        {% if item.package in (none, view.get('package')) and view.get('version') in (none, version) %}
            {% do found.append(view) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}


{% macro _find_view(item, views) %}
    {% set found = featurectl._matching_views(item, views) %}
    {% if found | length != 1 %}
        {% do featurectl._error(
            'training_set: `features`', 'one feature view', featurectl._shown(item.view) ~ ' (' ~ found | length ~ ' found)',
            'mark the model with config.meta.feature_view'
            if found | length == 0 else "name one: {'view': '" ~ item.view ~ "', 'package': '" ~ found[0].package ~ "'}.",
        ) %}
    {% endif %}
    {{ return(found[0]) }}
{% endmacro %}


{# Every column without another role, in contract order. #}
{% macro _features_of_view(view) %}
    {% set marked = view.feature_view %}
    {% set single = [view.event_time, marked.get('created_timestamp'), marked.get('tombstone'), marked.get('sync', {}).get('loaded_at')] %}
    {% set roles = marked.join_keys + single + marked.get('exclude', []) %}
    {{ return(view.columns | rejectattr('name', 'in', roles) | list) }}
{% endmacro %}


{% macro _wanted_features(view, wanted) %}
    {% set features = featurectl._features_of_view(view) %}
    {% if wanted == '*' %}{{ return(features) }}{% endif %}
    {% set by_name = {} %}
    {% for column in features %}{% do by_name.update({column.name: column}) %}{% endfor %}
    {% set columns = [] %}
    {% for name in wanted %}
        {% if name not in by_name %}
            {% do featurectl._error(
                'training_set: `features`', 'a feature of ' ~ view.name, featurectl._shown(name),
                'there is: ' ~ featurectl._nearest(name, by_name.keys() | list) ~ '.',
            ) %}
        {% endif %}
        {% do columns.append(by_name[name]) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}


{# View key column -> spine column, for every join key of the view. #}
{% macro _spine_keys(view, mapping) %}
    {% set keys = {} %}
    {% for key in view.feature_view.join_keys %}{% do keys.update({key: mapping.get(key, key)}) %}{% endfor %}
    {{ return(keys) }}
{% endmacro %}
