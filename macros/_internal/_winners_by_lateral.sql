{#
    PostgreSQL with an index on (join keys, event timestamp): each spine row walks it backwards to its first eligible row.

    Times are compared in the column's own type, so that the index serves them: the spine's microseconds become that type.
#}
{% macro _join_winners_by_lateral(view, n, spine_us, known_at_cutoff) %}
    {%- set column = 'feature_rows.' ~ adapter.quote(view.event_timestamp.name) -%}
    {%- set event_us = featurectl._epoch_us(column, view.event_timestamp.data_type) -%}
    {%- set created_us = featurectl._created_us(view, event_us) -%}
    {%- set type = view.event_timestamp.data_type %}
    left join lateral (

        select
            {{ spine_us }} as pit_spine_us
            {%- if view.tombstone %},
            feature_rows.{{ adapter.quote(view.tombstone) }} as pit_is_tombstone
            {%- endif %}
            {%- for feature in view.features %},
            feature_rows.{{ adapter.quote(feature.name) }} as pit_feature_{{ loop.index }}
            {%- endfor %}
        from {{ view.relation }} as feature_rows
        where {{ column }} <= {{ featurectl._time_of_us(spine_us, type) }}
            {%- for key in featurectl._key_aliases(view) %}
            and feature_rows.{{ adapter.quote(key.view_column) }} = pit_spine.{{ adapter.quote(key.spine_column) }}
            {%- endfor %}
            {%- if view.ttl_seconds is not none %}
            and {{ column }} >= {{ featurectl._time_of_us(spine_us ~ ' - ' ~ view.ttl_seconds * 1000000, 'timestamp' if type | lower == 'date' else type) }}
            {%- else %}
            and {{ column }} > '-infinity'
            {%- endif %}
            {%- if created_us %}
            and {{ created_us }} {{ '<= ' ~ spine_us if known_at_cutoff else 'is not null' }}
            {%- endif %}
        order by
            {{ column }} desc,
            {{ featurectl._tie_order(view, created_us) | indent(12) }}
        limit 1

    ) as pit_winners_{{ n }} on {{ 'pit_winners_' ~ n ~ '.pit_is_tombstone is distinct from true' if view.tombstone else 'true' }}
{%- endmacro %}


{# Microseconds as a value of a PostgreSQL date or timestamp type. #}
{% macro _time_of_us(micros, data_type) %}
    {% set utc = '(' ~ featurectl._utc_timestamp(micros) ~ ')' %}
    {% if featurectl._is_zoned(data_type) %}{{ return(utc ~ " at time zone 'UTC'") }}{% endif %}
    {{ return(utc ~ '::date' if data_type | lower == 'date' else utc) }}
{% endmacro %}
