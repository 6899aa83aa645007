{#
    CTE rolling_events: one row an event, keys as rolling_key_<i>, inputs as rolling_input_<i>, times in microseconds.

    Without a created timestamp an event is known when it happens. Starts with a comma.
#}
{% macro _rolling_events(keys, event_timestamp, columns, created_timestamp) %}
    {%- set event_us = featurectl._epoch_us('rolling_source.' ~ adapter.quote(event_timestamp)) -%}
    {%- set created_us = event_us -%}
    {%- if created_timestamp -%}
        {%- set created = 'rolling_source.' ~ adapter.quote(created_timestamp) -%}
        {%- set created_us = 'case when ' ~ created ~ ' is null then ' ~ event_us ~ ' else ' ~ featurectl._epoch_us(created) ~ ' end' -%}
    {%- endif -%}
    , rolling_events as (

        select
            {%- for key in keys %}
            rolling_source.{{ adapter.quote(key.column) }} as {{ key.alias }},
            {%- endfor %}
            {%- for column in columns | selectattr('input') | unique(attribute='input') %}
            rolling_source.{{ adapter.quote(column.column) }} as {{ column.input }},
            {%- endfor %}
            {{ event_us }} as rolling_event_us,
            {{ created_us }} as rolling_created_us
        from rolling_source
        where {{ event_us }} is not null
            {%- if created_timestamp %}
            and {{ created_us }} is not null
            {%- endif %}
            {%- for key in keys %}
            and rolling_source.{{ adapter.quote(key.column) }} is not null
            {%- endfor %}

    )
{%- endmacro %}
