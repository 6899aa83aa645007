{# What the generic tests need to know of the node they test; it is the test's own dependency. #}

{% macro _only_dependency() %}
    {{ return(model.depends_on.nodes[0]) }}
{% endmacro %}


{% macro _view_under_test(test_name) %}
    {% set views = featurectl._registered_views() %}
    {% if views | length != 1 %}
        {% do featurectl._error(
            'test ' ~ test_name, 'a model with config.meta.feature_view', views | length ~ ' such models', 'move the test to a feature view.',
        ) %}
    {% endif %}
    {{ return(views[0]) }}
{% endmacro %}


{# {event_us, created_us} of the view under test as SQL over the alias feature_rows; created_us is none where it has none. #}
{% macro _times_under_test(test_name) %}
    {% set view = featurectl._view_under_test(test_name) %}
    {% set join = featurectl._join_of_view(view, view.relation, {}) %}
    {% set event_us = featurectl._epoch_us('feature_rows.' ~ adapter.quote(join.event_timestamp.name), join.event_timestamp.data_type) %}
    {{ return({'event_us': event_us, 'created_us': featurectl._created_us(join, event_us)}) }}
{% endmacro %}


{% macro _now_us() %}
    {{ return(featurectl._epoch_us(dbt.current_timestamp())) }}
{% endmacro %}


{% macro _quoted_list(columns) %}
    {% set quoted = [] %}
    {% for column in columns %}{% do quoted.append(adapter.quote(column)) %}{% endfor %}
    {{ return(quoted | join(', ')) }}
{% endmacro %}


{% macro _concatenated_text(columns) %}
    {% set parts = [] %}
    {% for column in columns %}
        {% do parts.append("coalesce(cast(" ~ adapter.quote(column) ~ " as " ~ dbt.type_string() ~ "), '')") %}
        {% do parts.append("'|'") %}
    {% endfor %}
    {{ return(dbt.concat(parts)) }}
{% endmacro %}
