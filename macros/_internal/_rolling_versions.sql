{#
    CTE rolling_versions: for each event time that is not settled, its windows at each instant that something in them became known.

    Each event in the longest window of such a time E is paired with it and known to it from the later of its own created timestamp
    and the first of E; running aggregates in that order are the versions. rolling_nth = 1 keeps one row a version. Starts with a comma.
#}
{% macro _rolling_versions(keys, columns, longest_us) %}
    {%- set key_list = keys | map(attribute='alias') | join(', ') -%}
    {%- set running = '(partition by ' ~ key_list ~ ', rolling_event_us order by rolling_created_us range between unbounded preceding and current row)' -%}
    {%- set is_settled_known = featurectl._rolling_in_windows(columns) -%}
    , rolling_pairs as (

        select
            {%- for key in keys %}
            anchors.{{ key.alias }},
            {%- endfor %}
            anchors.rolling_event_us,
            greatest(anchors.rolling_created_us, events.rolling_created_us) as rolling_created_us,
            anchors.rolling_event_us - events.rolling_event_us as rolling_age_us
            {%- for column in columns | selectattr('input') | unique(attribute='input') %},
            events.{{ column.input }}
            {%- endfor %}
        from rolling_settled as anchors
        inner join rolling_events as events
            on events.rolling_event_us > anchors.rolling_event_us - {{ longest_us }}
            and events.rolling_event_us <= anchors.rolling_event_us
            {%- for key in keys %}
            and events.{{ key.alias }} = anchors.{{ key.alias }}
            {%- endfor %}
        where anchors.rolling_nth = 1
            {%- if is_settled_known %}
            and anchors.rolling_last_created_us > anchors.rolling_created_us
            {%- endif %}

    ), rolling_firsts as (

        select
            *
            {%- for column in columns if column.function == 'count_distinct' %},
            case
                when rolling_age_us < {{ column.window_us }}
                    and {{ column.input }} is not null
                    and row_number() over (
                        partition by
                            {{ key_list }}, rolling_event_us, {{ column.input }},
                            case when rolling_age_us < {{ column.window_us }} then 1 else 0 end
                        order by rolling_created_us
                    ) = 1
                then 1
                else 0
            end as {{ column.value }}_first
            {%- endfor %}
        from rolling_pairs

    ), rolling_versions as (

        select
            {{ key_list }},
            rolling_event_us,
            rolling_created_us,
            row_number() over (
                partition by {{ key_list }}, rolling_event_us, rolling_created_us order by rolling_age_us
            ) as rolling_nth
            {%- for column in columns %},
            {% if column.function == 'count_distinct' -%}
            {{ featurectl._cast_to('sum(' ~ column.value ~ '_first) over ' ~ running, column.data_type or dbt.type_bigint()) }} as {{ column.value }}
            {%- else -%}
            {{ featurectl._rolling_aggregate(
                column, 'case when rolling_age_us < ' ~ column.window_us ~ ' then ' ~ (column.input or '1') ~ ' end', running,
            ) }} as {{ column.value }}
            {%- endif %}
            {%- endfor %}
        from rolling_firsts

    )
{%- endmacro %}
