{#
    One window over spine and history together: a single pass, one shuffle of the history, on any engine with window functions.

    Spine instants and feature rows of a key lie on one line of time, a feature row at a = greatest(e, c), or e without the cut-off,
    and before the spine instants of its own microsecond. A feature row can win iff its e is the greatest so far; from there on it
    is the winner until the next such row, perhaps of the same a or e, takes over. All windows have one order.
#}
{% macro _winners_by_window(view, n, spine_us, known_at_cutoff) %}
    {%- set keys = featurectl._key_aliases(view) -%}
    {%- set key_list = keys | map(attribute='alias') | join(', ') -%}
    {%- set cuts = known_at_cutoff and view.created_timestamp is not none -%}
    {%- set ties = featurectl._tie_columns(view) -%}
    {%- set event_us = featurectl._epoch_us('feature_rows.' ~ adapter.quote(view.event_timestamp.name), view.event_timestamp.data_type) -%}
    {%- set created_us = featurectl._created_us(view, event_us) or event_us -%}
    {%- set order -%}
        pit_visible_us, pit_is_spine, pit_event_us, pit_created_us
        {%- for column in ties %}, {{ featurectl._sortable('pit_tie_' ~ loop.index, column.data_type) }} nulls first{% endfor %}
    {%- endset -%}
    {#- the frame is said aloud: Redshift refuses an order without one -#}
    {%- set reign -%}
        partition by {{ key_list }}, pit_reign order by {{ order }} rows between unbounded preceding and current row
    {%- endset -%}
    , pit_timeline_{{ n }} as (

        select
            {%- for key in keys %}
            feature_rows.{{ adapter.quote(key.view_column) }} as {{ key.alias }},
            {%- endfor %}
            {{ 'greatest(' ~ event_us ~ ', ' ~ created_us ~ ')' if cuts else event_us }} as pit_visible_us,
            0 as pit_is_spine,
            {{ event_us }} as pit_event_us,
            {{ created_us }} as pit_created_us
            {%- for column in ties %},
            feature_rows.{{ adapter.quote(column.name) }} as pit_tie_{{ loop.index }}
            {%- endfor %}
        from {{ view.relation }} as feature_rows
        where {{ event_us }} is not null
            and {{ created_us }} is not null
            {%- for key in keys %}
            and feature_rows.{{ adapter.quote(key.view_column) }} is not null
            {%- endfor %}

        union all

        select
            {%- for key in keys %}
            pit_spine.{{ adapter.quote(key.spine_column) }} as {{ key.alias }},
            {%- endfor %}
            {{ spine_us }} as pit_visible_us,
            1 as pit_is_spine,
            cast(null as {{ dbt.type_bigint() }}) as pit_event_us,
            cast(null as {{ dbt.type_bigint() }}) as pit_created_us
            {%- for column in ties %},
            cast(null as {{ column.data_type }}) as pit_tie_{{ loop.index }}
            {%- endfor %}
        from pit_spine
        where {{ spine_us }} is not null
            {%- for key in keys %}
            and pit_spine.{{ adapter.quote(key.spine_column) }} is not null
            {%- endfor %}

    ), pit_marked_{{ n }} as (

        select
            *,
            case
                when pit_is_spine = 0
                    and pit_event_us = max(pit_event_us) over (
                        partition by {{ key_list }}
                        order by {{ order }}
                        rows between unbounded preceding and current row
                    )
                then 1
                else 0
            end as pit_can_win,
            case
                when pit_is_spine = 1
                    and lag(pit_is_spine) over (partition by {{ key_list }} order by {{ order }}) = 1
                    and lag(pit_visible_us) over (partition by {{ key_list }} order by {{ order }}) = pit_visible_us
                then 1
                else 0
            end as pit_is_repeat
        from pit_timeline_{{ n }}

    ), pit_reigns_{{ n }} as (

        select
            *,
            sum(pit_can_win) over (
                partition by {{ key_list }}
                order by {{ order }}
                rows between unbounded preceding and current row
            ) as pit_reign
        from pit_marked_{{ n }}

    ), pit_carried_{{ n }} as (

        select
            {%- for key in keys %}
            {{ key.alias }},
            {%- endfor %}
            pit_visible_us as pit_spine_us,
            pit_is_spine,
            pit_is_repeat,
            pit_reign,
            first_value(pit_event_us) over ({{ reign }}) as pit_winner_us
            {%- if view.tombstone %},
            first_value(pit_tie_{{ ties | length }}) over ({{ reign }}) as pit_is_tombstone
            {%- endif %}
            {%- for feature in view.features %},
            first_value(pit_tie_{{ featurectl._position(ties, feature.name) }}) over ({{ reign }}) as pit_feature_{{ loop.index }}
            {%- endfor %}
        from pit_reigns_{{ n }}

    ), pit_winners_{{ n }} as (

        select *
        from pit_carried_{{ n }}
        where pit_is_spine = 1
            and pit_is_repeat = 0
            and pit_reign > 0
            {%- if view.ttl_seconds is not none %}
            and pit_winner_us >= pit_spine_us - {{ view.ttl_seconds * 1000000 }}
            {%- endif %}
            {%- if view.tombstone %}
            and coalesce(pit_is_tombstone, false) = false
            {%- endif %}

    )
{%- endmacro %}


{# The place of a name in a list of columns, from one. #}
{% macro _position(columns, name) %}
    {% for column in columns if column.name == name %}
        {{ return((columns | map(attribute='name') | list).index(name) + 1) }}
    {% endfor %}
{% endmacro %}
