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
    tie_order: [{name, data_type} of every feature], is_indexed}. `training_set` makes it from the views' own metadata.
#}
{% macro point_in_time_join(spine, event_timestamp, feature_views, known_at_cutoff=true) %}
    {{ return(adapter.dispatch('point_in_time_join', 'featurectl')(
        spine, event_timestamp, feature_views, known_at_cutoff
    )) }}
{% endmacro %}


{#
    Each engine finds a view's winners its own way (`_winners`) and joins them to the spine its own way (`_join_winners`):

        duckdb      ASOF on keys and times, wide columns fetched after        macros/_internal/_winners_by_asof.sql
        postgres    LATERAL, where an index on (join keys, event timestamp)   macros/_internal/_winners_by_lateral.sql
                    is declared, else as every other engine
        default     one window over spine and history together                macros/_internal/_winners_by_window.sql
#}
{% macro default__point_in_time_join(spine, event_timestamp, feature_views, known_at_cutoff) %}
{%- set spine_us = featurectl._epoch_us('pit_spine.' ~ adapter.quote(event_timestamp)) -%}
select * from (

    with pit_spine as (

        select * from {{ featurectl._from_spine(spine) }}

    )
    {%- for view in feature_views %}
        {{- featurectl._winners(view, loop.index, spine_us, known_at_cutoff) }}
    {%- endfor %}

    select
        pit_spine.*
        {%- for feature in featurectl._in_output_order(feature_views) %},
        {{ feature.sql }} as {{ adapter.quote(feature.output_name) }}
        {%- endfor %}
    from pit_spine
    {%- for view in feature_views %}
        {{- featurectl._join_winners(view, loop.index, spine_us, known_at_cutoff) }}
    {%- endfor %}

) as training_set
{% endmacro %}
