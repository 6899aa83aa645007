{#
    The spine has the columns that the join needs, with types that can be compared; known only where its model has a contract.

    Engines differ in what they cast on the way: a text '1' equals a number 1 here and is an error there.
#}
{% macro _require_spine(contract, event_timestamp, joins) %}
    {% if contract.columns %}
        {% set column = featurectl._spine_column(contract, 'event_timestamp', event_timestamp) %}
        {% if featurectl._type_kind(column.data_type) not in ('time', 'other') %}
            {% do featurectl._error(
                'training_set: `event_timestamp`', 'a date or timestamp', column.name ~ ' of type ' ~ column.data_type,
                'cast it in the model ' ~ contract.name ~ '.',
            ) %}
        {% endif %}
        {% for join in joins %}
            {% for key in join.key_columns %}
                {% set column = featurectl._spine_column(contract, 'join_keys', join.join_keys[key.name]) %}
                {% set kinds = [featurectl._type_kind(key.data_type), featurectl._type_kind(column.data_type)] %}
                {% if 'other' not in kinds and kinds[0] != kinds[1] %}
                    {% do featurectl._error(
                        'training_set: `join_keys`',
                        join.name ~ '.' ~ key.name ~ ' (' ~ key.data_type ~ ') and ' ~ column.name ~ ' of the spine to have types of one kind',
                        column.data_type, 'cast one of them in its model, or map another column.',
                    ) %}
                {% endif %}
            {% endfor %}
        {% endfor %}
    {% endif %}
{% endmacro %}


{% macro _spine_column(contract, argument, name) %}
    {% for column in contract.columns if column.name | lower == name | lower %}
        {{ return(column) }}
    {% endfor %}
    {% do featurectl._error(
        'training_set: `' ~ argument ~ '`', 'a column of the spine ' ~ contract.name, featurectl._shown(name),
        'there is: ' ~ featurectl._nearest(name, contract.columns | map(attribute='name') | list) ~ '.',
    ) %}
{% endmacro %}


{# integer, number, text, time, boolean or other, from a type's name on any engine. #}
{% macro _type_kind(data_type) %}
    {% set type = data_type | lower %}
    {% set word = modules.re.match('^[a-z0-9_]*', type).group(0) %}
    {% if '[' in type or '<' in type %}{{ return('other') }}{% endif %}
    {% if word in ('date', 'datetime') or word.startswith('timestamp') %}{{ return('time') }}{% endif %}
    {% if word in ('varchar', 'text', 'string', 'char', 'character', 'bpchar', 'nvarchar') %}{{ return('text') }}{% endif %}
    {% if word in ('boolean', 'bool') %}{{ return('boolean') }}{% endif %}
    {% if modules.re.match('^(u?(tiny|small|big|huge|byte)?int(eger)?|u?int[0-9]+|long|short|byte)$', word) %}{{ return('integer') }}{% endif %}
    {% if word in ('decimal', 'numeric', 'double', 'float', 'real', 'float4', 'float8', 'float64') %}{{ return('number') }}{% endif %}
    {{ return('other') }}
{% endmacro %}
