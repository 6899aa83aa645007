{#
    CTE rolling_settled: every event with the aggregates of its windows over all events, known by then or not.

    Of the events of one time, rolling_nth = 1 was known first. Where nothing in its longest window was known later
    (rolling_last_created_us <= rolling_created_us), its aggregates are final. Starts with a comma.
#}
{% macro _rolling_settled(keys, columns, longest_us, has_created) %}
    {%- set key_list = keys | map(attribute='alias') | join(', ') -%}
    , rolling_settled as (

        select
            {{ key_list }},
            rolling_event_us,
            rolling_created_us,
            row_number() over (partition by {{ key_list }}, rolling_event_us order by rolling_created_us) as rolling_nth
            {%- if has_created %},
            max(rolling_created_us) over {{ featurectl._trailing(key_list, longest_us) }} as rolling_last_created_us
            {%- endif %}
            {%- for column in columns %},
            {{ featurectl._rolling_aggregate(column, column.input or '1', featurectl._trailing(key_list, column.window_us)) }} as {{ column.value }}
            {%- endfor %}
        from rolling_events

    )
{%- endmacro %}


{# Microseconds are whole, so E - w < e is E - (w - 1) <= e. #}
{% macro _trailing(key_list, window_us) %}
    {{ return(
        '(partition by ' ~ key_list ~ ' order by rolling_event_us range between '
        ~ (window_us - 1) ~ ' preceding and current row)'
    ) }}
{% endmacro %}


{# CTE rolling_settled where the engine has no such windows: the first known event of each time, none of them settled. #}
{% macro _rolling_nothing_settled(keys) %}
    {%- set key_list = keys | map(attribute='alias') | join(', ') -%}
    , rolling_settled as (

        select
            {{ key_list }},
            rolling_event_us,
            min(rolling_created_us) as rolling_created_us,
            1 as rolling_nth
        from rolling_events
        group by {{ key_list }}, rolling_event_us

    )
{%- endmacro %}


{# Whether one pass of range windows can answer all columns. #}
{% macro _rolling_in_windows(columns) %}
    {{ return(adapter.dispatch('_rolling_in_windows', 'featurectl')(columns)) }}
{% endmacro %}


{# SQL has no DISTINCT in window functions; most engines follow it. #}
{% macro default___rolling_in_windows(columns) %}
    {{ return('count_distinct' not in columns | map(attribute='function')) }}
{% endmacro %}


{% macro duckdb___rolling_in_windows(columns) %}
    {{ return(true) }}
{% endmacro %}
