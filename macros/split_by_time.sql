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


{# UTC microseconds since 1970 of an ISO date or timestamp; none where the text is no such thing. #}
{% macro _micros_of_text(text) %}
    {% set sixty = '[0-5][0-9]' %}
    {% set clock = '([01][0-9]|2[0-3]):' ~ sixty %}
    {% set date = '(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' %}
    {% set pattern = date ~ '([ T]' ~ clock ~ '(:' ~ sixty ~ '([.][0-9]{6})?)?(Z|[+-]' ~ clock ~ ')?)?' %}
    {% if text is not string or not modules.re.fullmatch(pattern, text) %}{{ return(none) }}{% endif %}
    {% set year, month, day = text[:4] | int, text[5:7] | int, text[8:10] | int %}
    {% set is_leap_year = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) %}
    {% set month_days = [31, 29 if is_leap_year else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] %}
    {% if day > month_days[month - 1] %}{{ return(none) }}{% endif %}
    {% set at = modules.datetime.datetime.fromisoformat(text | replace('Z', '+00:00')) %}
    {% set utc = modules.pytz.utc.localize(at) if at.tzinfo is none else at %}
    {% set epoch = modules.pytz.utc.localize(modules.datetime.datetime(1970, 1, 1)) %}
    {{ return((utc - epoch) // modules.datetime.timedelta(microseconds=1)) }}
{% endmacro %}
