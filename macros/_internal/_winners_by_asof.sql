{#
    ASOF on keys and times first, ties settled among the matched rows only, wide columns fetched last.

    With a created cut-off the rows visible at t are exactly those with a = greatest(e, c) <= t. Ordered by (a, e, c), a row can win
    at some t only if its e is the running maximum and no row behind it shares its a: so one ASOF on a finds the winner.
    The TTL applies to the winner's e afterwards: an older e cannot be younger.
#}
{% macro _winners_by_asof(view, n, spine_us, known_at_cutoff) %}
    {%- set keys = featurectl._key_aliases(view) -%}
    {%- set key_list = keys | map(attribute='alias') | join(', ') -%}
    {%- set cuts = known_at_cutoff and view.created_timestamp is not none -%}
    {%- set event_us = featurectl._epoch_us('feature_rows.' ~ adapter.quote(view.event_timestamp.name), view.event_timestamp.data_type) -%}
    {%- set created_us = featurectl._created_us(view, event_us) -%}
    , pit_instants_{{ n }} as (

        select
            {%- for key in keys %}
            pit_spine.{{ adapter.quote(key.spine_column) }} as {{ key.alias }},
            {%- endfor %}
            {{ spine_us }} as pit_spine_us
        from pit_spine
        where {{ spine_us }} is not null
            {%- for key in keys %}
            and pit_spine.{{ adapter.quote(key.spine_column) }} is not null
            {%- endfor %}

    ), pit_history_{{ n }} as (

        select
            {%- for key in keys %}
            feature_rows.{{ adapter.quote(key.view_column) }} as {{ key.alias }},
            {%- endfor %}
            {{ event_us }} as pit_event_us
            {%- if cuts %},
            {{ created_us }} as pit_created_us
            {%- endif %}
        from {{ view.relation }} as feature_rows
        where {{ event_us }} is not null
            {%- if view.created_timestamp %}
            and {{ created_us }} is not null
            {%- endif %}

    ), pit_candidates_{{ n }} as (

        {% if cuts -%}
        select
            *,
            greatest(pit_event_us, pit_created_us) as pit_visible_us
        from pit_history_{{ n }}
        qualify
            pit_event_us = max(pit_event_us) over (
                partition by {{ key_list }}
                order by pit_visible_us, pit_event_us, pit_created_us
                rows between unbounded preceding and current row
            )
            and pit_visible_us is distinct from lead(pit_visible_us) over (
                partition by {{ key_list }}
                order by pit_visible_us, pit_event_us, pit_created_us
            )
        {%- else -%}
        select
            *,
            pit_event_us as pit_visible_us
        from pit_history_{{ n }}
        {%- endif %}

    ), pit_matches_{{ n }} as (

        select
            instants.*,
            candidates.pit_event_us
            {%- if cuts %},
            candidates.pit_created_us
            {%- endif %}
        from pit_instants_{{ n }} as instants
        asof join pit_candidates_{{ n }} as candidates
            on instants.pit_spine_us >= candidates.pit_visible_us
            {%- for key in keys %}
            and instants.{{ key.alias }} = candidates.{{ key.alias }}
            {%- endfor %}
        {%- if view.ttl_seconds is not none %}
        where candidates.pit_event_us >= instants.pit_spine_us - {{ view.ttl_seconds * 1000000 }}
        {%- endif %}

    ), pit_ranked_{{ n }} as (

        select
            {%- for key in keys %}
            matches.{{ key.alias }},
            {%- endfor %}
            matches.pit_spine_us
            {%- if view.tombstone %},
            feature_rows.{{ adapter.quote(view.tombstone) }} as pit_is_tombstone
            {%- endif %}
            {%- for feature in view.features %},
            feature_rows.{{ adapter.quote(feature.name) }} as pit_feature_{{ loop.index }}
            {%- endfor %}
        from pit_matches_{{ n }} as matches
        inner join {{ view.relation }} as feature_rows
            on matches.pit_event_us = {{ event_us }}
            {%- for key in keys %}
            and matches.{{ key.alias }} = feature_rows.{{ adapter.quote(key.view_column) }}
            {%- endfor %}
            {%- if cuts %}
            and matches.pit_created_us = {{ created_us }}
            {%- elif view.created_timestamp %}
            and {{ created_us }} is not null
            {%- endif %}
        qualify row_number() over (
            partition by {% for key in keys %}matches.{{ key.alias }}, {% endfor %}matches.pit_spine_us
            order by
                {{ featurectl._tie_order(view, created_us if view.created_timestamp and not cuts else none) | indent(16) }}
        ) = 1

    ), pit_winners_{{ n }} as (

        select * from pit_ranked_{{ n }}
        {%- if view.tombstone %}
        where pit_is_tombstone is distinct from true
        {%- endif %}

    )
{%- endmacro %}
