{#
    The split of a row by its event timestamp: an SQL expression that is 'train', 'validation' or 'test'.

    With the boundaries b1 < b2 and an embargo, a row at t is in

        train         t < b1
        validation    b1 + embargo <= t < b2
        test          b2 + embargo <= t

    and in none (null) between a boundary and the end of its embargo; with one boundary there is train and test. A null time is in none.

    `boundaries`: one or two texts in ISO form, dates or timestamps; without an offset they are UTC. `embargo`: {count, period},
    at least as long as a label takes to be known, so that no training label overlaps a later split.
#}
{% macro split_by_time(event_timestamp, boundaries, embargo=none) %}
    {{ return(adapter.dispatch('split_by_time', 'featurectl')(event_timestamp, boundaries, embargo)) }}
{% endmacro %}


{% macro default__split_by_time(event_timestamp, boundaries, embargo) %}
    {%- do featurectl._require_name('split_by_time', 'event_timestamp', event_timestamp) -%}
    {%- do featurectl._require_list('split_by_time', 'boundaries', boundaries) -%}
    {%- if embargo is not none %}{% do featurectl._require_duration('split_by_time', 'embargo', embargo) %}{% endif -%}
    {%- set embargo_us = featurectl._seconds('split_by_time: `embargo`', embargo) * 1000000 if embargo else 0 -%}
    {%- set bounds = featurectl._boundaries_us(boundaries, embargo_us) -%}
    {%- set names = ['train', 'validation', 'test'] if bounds | length == 2 else ['train', 'test'] -%}
    {%- set at = featurectl._epoch_us(adapter.quote(event_timestamp)) -%}
    case
        when {{ at }} < {{ bounds[0] }} then 'train'
        {%- for bound in bounds %}
        when {{ at }} >= {{ bound + embargo_us }}{{ ' and ' ~ at ~ ' < ' ~ bounds[loop.index] if not loop.last }} then '{{ names[loop.index] }}'
        {%- endfor %}
    end
{%- endmacro %}


{# The boundaries in UTC microseconds, each one after the embargo of the one before. #}
{% macro _boundaries_us(boundaries, embargo_us) %}
    {% set hint = "write boundaries=['2013-07-01', '2013-10-01 12:00:00']." %}
    {% if boundaries | length > 2 %}
        {% do featurectl._error('split_by_time: `boundaries`', 'one or two', boundaries | length, hint) %}
    {% endif %}
    {% set bounds = [] %}
    {% for boundary in boundaries %}
        {% set bound = featurectl._micros_of_text(boundary) %}
        {% if bound is none %}
            {% do featurectl._error('split_by_time: `boundaries`', 'a date or timestamp in ISO form', featurectl._shown(boundary), hint) %}
        {% endif %}
        {% if bounds and bound <= bounds[-1] + embargo_us %}
            {% do featurectl._error(
                'split_by_time: `boundaries`', 'a second boundary after the first and its embargo', featurectl._shown(boundary),
                'move it, or shorten the embargo.',
            ) %}
        {% endif %}
        {% do bounds.append(bound) %}
    {% endfor %}
    {{ return(bounds) }}
{% endmacro %}
