{# Stop compilation with where, what was expected, what came and what to do. #}
{% macro _error(where, expected, got, hint) %}
    {% do exceptions.raise_compiler_error(where ~ ': expected ' ~ expected ~ ', got ' ~ got ~ '. Hint: ' ~ hint) %}
{% endmacro %}


{# A value as an error shows it: strings in quotes. #}
{% macro _shown(value) %}
    {{ return("'" ~ value ~ "'" if value is string else value | string) }}
{% endmacro %}


{# The known names for a hint, ten at most; those with the most letters in common with the name given come first. #}
{% macro _nearest(name, known) %}
    {% set scored = [] %}
    {% for candidate in known | unique | sort %}
        {% set common = namespace(count=0) %}
        {% for letter in candidate %}
            {% if letter in name %}{% set common.count = common.count + 1 %}{% endif %}
        {% endfor %}
        {% set likeness = 2 * common.count - (candidate | length) - ((candidate | length) - (name | length)) | abs %}
        {% do scored.append({'name': candidate, 'unlikeness': -likeness}) %}
    {% endfor %}
    {{ return((scored | sort(attribute='unlikeness'))[:10] | map(attribute='name') | join(', ')) }}
{% endmacro %}
