{#
    The split of a row by a hash of its entity: an SQL expression, the same on every warehouse and in Python.

    With h = the first 8 hexadecimal digits of md5(salt || '|' || key 1 || '|' || key 2 ...), every key as text in UTF-8, a row is in
    the first split whose bound is above h,

        h < bound    where bound = round(2^32 * (weights so far) / (all weights)), as 8 digits

    and in the last one otherwise; a null key is in none (null). All rows of an entity are in one split.

    `keys`: columns of whole numbers, text or dates. `weights`: {split name: weight} in order, two or more; they need not sum to one.
    `salt`: another text gives another split.
#}
{% macro split(keys, weights, salt='') %}
    {{ return(adapter.dispatch('split', 'featurectl')(keys, weights, salt)) }}
{% endmacro %}


{% macro default__split(keys, weights, salt) %}
    {%- do featurectl._require_list('split', 'keys', keys) -%}
    {%- for key in keys %}{% do featurectl._require_name('split', 'keys', key) %}{% endfor -%}
    {%- do featurectl._require_weights(weights) -%}
    {%- if salt is not string -%}
        {%- do featurectl._error('split: `salt`', 'a text', featurectl._shown(salt), "write salt='2013'.") -%}
    {%- endif -%}
    {%- set parts = [featurectl._quoted_text(salt)] -%}
    {%- for key in keys -%}
        {%- do parts.extend(["'|'", 'cast(' ~ adapter.quote(key) ~ ' as ' ~ dbt.type_string() ~ ')']) -%}
    {%- endfor -%}
    {%- set digits = 'substr(' ~ dbt.hash(parts | join(' || ')) ~ ', 1, 8)' -%}
    {%- set total = weights.values() | sum -%}
    {%- set so_far = namespace(weight=0) -%}
    case
        {%- for name, weight in weights.items() %}
        {%- set so_far.weight = so_far.weight + weight %}
        {%- set bound = (so_far.weight / total * 4294967296) | round | int %}
        when {{ digits }} {{ 'is not null' if loop.last or bound >= 4294967296 else "< '%08x'" | format(bound) }} then {{ featurectl._quoted_text(name) }}
        {%- endfor %}
    end
{%- endmacro %}


{% macro _require_weights(weights) %}
    {% if weights is not mapping or weights | length < 2 %}
        {% do featurectl._error(
            'split: `weights`', 'a mapping of two or more split names to weights', featurectl._shown(weights),
            "write {'train': 0.8, 'test': 0.2}.",
        ) %}
    {% endif %}
    {% for name, weight in weights.items() %}
        {% if name is not string or weight is boolean or weight is not number or weight <= 0 %}
            {% do featurectl._error(
                'split: `weights`', 'names with weights above zero', featurectl._shown(name) ~ ': ' ~ featurectl._shown(weight),
                "write {'train': 0.8, 'test': 0.2}; leave an empty split out.",
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}
