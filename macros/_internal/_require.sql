{# Arguments are checked in one place: each macro here stops compilation unless the value has the shape asked for. #}

{% macro _require_list(macro_name, argument, value) %}
    {% if value is string or value is mapping or value is not sequence or value | length == 0 %}
        {% do featurectl._error(
            macro_name ~ ': `' ~ argument ~ '`', 'a non-empty list', featurectl._shown(value),
            'write ' ~ argument ~ '=[...], also for a single item.',
        ) %}
    {% endif %}
{% endmacro %}


{% macro _require_mapping(macro_name, argument, value) %}
    {% if value is not mapping %}
        {% do featurectl._error(
            macro_name ~ ': `' ~ argument ~ '`', 'a mapping', featurectl._shown(value), "write " ~ argument ~ "={'view_column': 'spine_column'}.",
        ) %}
    {% endif %}
{% endmacro %}


{% macro _require_spine_text(macro_name, spine) %}
    {% if (spine is not string and spine.render is not defined) or (spine is string and spine | trim(' ;\n\t') == '') %}
        {% do featurectl._error(
            macro_name ~ ': `spine`', 'a relation, the name of a CTE, or SQL text', featurectl._shown(spine), "write spine=ref('labels').",
        ) %}
    {% endif %}
{% endmacro %}


{# The registry keeps one training set a model: a second call would overwrite the first one's record. #}
{% macro _require_only_call(arguments) %}
    {% set recorded = (model.get('config') or {}).get('meta', {}).get('training_set') %}
    {% if recorded and tojson(recorded, sort_keys=true) != tojson(arguments, sort_keys=true) %}
        {% do featurectl._error(
            'training_set', 'one call a model', 'another call in ' ~ model.name, 'write a model for each training set and join them.',
        ) %}
    {% endif %}
{% endmacro %}


{% macro _require_name(macro_name, argument, value) %}
    {% if value is not string or value | trim == '' %}
        {% do featurectl._error(
            macro_name ~ ': `' ~ argument ~ '`', 'the name of a column', featurectl._shown(value),
            "write " ~ argument ~ "='column_name'.",
        ) %}
    {% endif %}
{% endmacro %}


{% macro _require_boolean(macro_name, argument, value) %}
    {% if value is not boolean %}
        {% do featurectl._error(
            macro_name ~ ': `' ~ argument ~ '`', 'true or false', featurectl._shown(value), 'write it without quotes.',
        ) %}
    {% endif %}
{% endmacro %}


{% macro _require_keys(macro_name, argument, value, allowed) %}
    {% for key in value if key not in allowed %}
        {% do featurectl._error(
            macro_name ~ ': `' ~ argument ~ '`', 'the keys ' ~ allowed | join(', '), featurectl._shown(key),
            'did you mean ' ~ featurectl._nearest(key, allowed).split(', ')[0] ~ '?',
        ) %}
    {% endfor %}
{% endmacro %}


{# Two output columns of one name would silently become x and x_1. #}
{% macro _require_no_clash(joins, spine_columns) %}
    {% set owners = {} %}
    {% for column in spine_columns %}
        {% do owners.update({column.name | lower: 'the spine'}) %}
    {% endfor %}
    {% for join in joins %}
        {% for feature in join.features %}
            {% set owner = join.name ~ ':' ~ feature.name %}
            {% if feature.output_name | lower in owners %}
                {% do featurectl._error(
                    'training_set: `features`', 'output names that are all different',
                    featurectl._shown(feature.output_name) ~ ' from both ' ~ owners[feature.output_name | lower] ~ ' and ' ~ owner,
                    "give one of them a prefix: {'view': '" ~ join.name ~ "', 'prefix': '" ~ join.name ~ "__'}.",
                ) %}
            {% endif %}
            {% do owners.update({feature.output_name | lower: owner}) %}
        {% endfor %}
    {% endfor %}
{% endmacro %}
