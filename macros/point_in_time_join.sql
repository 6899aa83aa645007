{#
    Join every spine row to the newest feature row of each view that was known at its event timestamp.

    For a spine row with key k and time t, a feature row (k, e, c) is eligible when

        t - ttl <= e <= t    (t - ttl only where the view has a TTL)
              c <= t         (where it has a created timestamp, unless known_at_cutoff is false)

    The eligible row with the greatest (e, c) wins, then the greatest features in contract order, nulls lowest.
    No eligible row, or a tombstone, gives the features' defaults, else nulls.

    Grain: one output row per spine row. Times are compared as UTC microseconds. A null key, a null or infinite time matches
    nothing; a null c means known at e.

    `feature_views`: a list of {name, relation, join_keys: {view column: spine column}, event_timestamp: {name, data_type},
    created_timestamp: the same or none, ttl_seconds, tombstone, features: [{name, output_name, data_type, default, position}],
    tie_order: [every feature of the view]}. `training_set` makes it from the views' own metadata.
#}
{% macro point_in_time_join(spine, event_timestamp, feature_views, known_at_cutoff=true) %}
    {{ return(adapter.dispatch('point_in_time_join', 'featurectl')(
        spine, event_timestamp, feature_views, known_at_cutoff
    )) }}
{% endmacro %}


{% macro default__point_in_time_join(spine, event_timestamp, feature_views, known_at_cutoff) %}
    {% do featurectl._error(
        'point_in_time_join', 'an adapter it is written for: duckdb', featurectl._shown(adapter.type()), 'run it on DuckDB.',
    ) %}
{% endmacro %}


{#
    ASOF on keys and times first, ties settled among the matched rows only.

    With a created cut-off the rows visible at t are exactly those with a = greatest(e, c) <= t. Ordered by (a, e, c), a row can win
    at some t only if its e is the running maximum and no other row shares its a behind it: one ASOF on a finds it.
#}
{% macro duckdb__point_in_time_join(spine, event_timestamp, feature_views, known_at_cutoff) %}
select * from (

    with pit_spine as (

        select * from {{ featurectl._from_spine(spine) }}

    )

    {% for view in feature_views %}
    {% set n = loop.index %}
    {% set keys = featurectl._key_aliases(view) %}
    {% set cuts = known_at_cutoff and view.created_timestamp is not none %}
    {% set event_us = featurectl._epoch_us('feature_rows.' ~ adapter.quote(view.event_timestamp.name), view.event_timestamp.data_type) %}
    {% set created_us = featurectl._created_us(view, event_us) %}
    , pit_instants_{{ n }} as (

        select distinct
            {% for key in keys %}
            {{ adapter.quote(key.spine_column) }} as {{ key.alias }},
            {% endfor %}
            {{ featurectl._epoch_us(adapter.quote(event_timestamp)) }} as pit_spine_us
        from pit_spine
        where {{ featurectl._epoch_us(adapter.quote(event_timestamp)) }} is not null
        {% for key in keys %}
            and {{ adapter.quote(key.spine_column) }} is not null
        {% endfor %}

    ), pit_history_{{ n }} as (

        select
            {% for key in keys %}
            feature_rows.{{ adapter.quote(key.view_column) }} as {{ key.alias }},
            {% endfor %}
            {{ event_us }} as pit_event_us
            {%- if view.created_timestamp %},
            {{ created_us }} as pit_created_us
            {%- endif %}
        from {{ view.relation }} as feature_rows
        where {{ event_us }} is not null
        {% if view.created_timestamp %}
            and {{ created_us }} is not null
        {% endif %}

    ), pit_candidates_{{ n }} as (

        {% if cuts %}
        select
            *,
            greatest(pit_event_us, pit_created_us) as pit_visible_us
        from pit_history_{{ n }}
        qualify
            pit_event_us = max(pit_event_us) over (
                partition by {{ keys | map(attribute='alias') | join(', ') }}
                order by pit_visible_us, pit_event_us, pit_created_us
                rows between unbounded preceding and current row
            )
            and pit_visible_us is distinct from lead(pit_visible_us) over (
                partition by {{ keys | map(attribute='alias') | join(', ') }}
                order by pit_visible_us, pit_event_us, pit_created_us
            )
        {% else %}
        select
            *,
            pit_event_us as pit_visible_us
        from pit_history_{{ n }}
        {% endif %}

    ), pit_matches_{{ n }} as (

        select
            pit_instants_{{ n }}.*,
            candidates.pit_event_us
            {%- if cuts %},
            candidates.pit_created_us
            {%- endif %}
        from pit_instants_{{ n }}
        asof join pit_candidates_{{ n }} as candidates
            on {% for key in keys -%}
            pit_instants_{{ n }}.{{ key.alias }} = candidates.{{ key.alias }}
            and {% endfor -%}
            pit_instants_{{ n }}.pit_spine_us >= candidates.pit_visible_us
        {% if view.ttl_seconds is not none %}
        where candidates.pit_event_us >= pit_instants_{{ n }}.pit_spine_us - {{ view.ttl_seconds * 1000000 }}
        {% endif %}

    ), pit_ranked_{{ n }} as (

        select
            {% for key in keys %}
            matches.{{ key.alias }},
            {% endfor %}
            matches.pit_spine_us,
            {% if view.tombstone %}
            feature_rows.{{ adapter.quote(view.tombstone) }} as pit_is_tombstone,
            {% endif %}
            {% for feature in view.features %}
            feature_rows.{{ adapter.quote(feature.name) }} as pit_feature_{{ loop.index }},
            {% endfor %}
        from pit_matches_{{ n }} as matches
        inner join {{ view.relation }} as feature_rows
            on matches.pit_event_us = {{ event_us }}
            {% for key in keys %}
            and matches.{{ key.alias }} = feature_rows.{{ adapter.quote(key.view_column) }}
            {% endfor %}
            {% if cuts %}
            and matches.pit_created_us = {{ created_us }}
            {% elif view.created_timestamp %}
            and {{ created_us }} is not null
            {% endif %}
        qualify row_number() over (
            partition by {% for key in keys %}matches.{{ key.alias }}, {% endfor %}matches.pit_spine_us
            order by
                {{ featurectl._tie_order(view, created_us if view.created_timestamp and not cuts else none, 'feature_rows') }}
        ) = 1

    ), pit_winners_{{ n }} as (

        select * from pit_ranked_{{ n }}
        {% if view.tombstone %}
        where pit_is_tombstone is distinct from true
        {% endif %}

    )

    {% endfor %}
    select
        pit_spine.*
        {%- for feature in featurectl._in_output_order(feature_views) %},
        {{ feature.sql }} as {{ adapter.quote(feature.output_name) }}
        {%- endfor %}

    from pit_spine
    {% for view in feature_views %}
    {% set n = loop.index %}
    left join pit_winners_{{ n }}
        on {{ featurectl._epoch_us('pit_spine.' ~ adapter.quote(event_timestamp)) }} = pit_winners_{{ n }}.pit_spine_us
        {% for key in featurectl._key_aliases(view) %}
        and pit_spine.{{ adapter.quote(key.spine_column) }} = pit_winners_{{ n }}.{{ key.alias }}
        {% endfor %}
    {% endfor %}

) as training_set
{% endmacro %}
