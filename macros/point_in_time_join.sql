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
    ASOF on keys and times first, ties settled among the matched rows only, wide columns fetched last.
#}
{% macro duckdb__point_in_time_join(spine, event_timestamp, feature_views, known_at_cutoff) %}
select * from (

    with pit_spine as (

        select
            *,
            {{ featurectl._epoch_us(adapter.quote(event_timestamp)) }} as pit_spine_us
        from {{ featurectl._from_spine(spine) }}

    )
    {%- for view in feature_views %}
        {{- featurectl._duckdb_winners(view, loop.index, known_at_cutoff) }}
    {%- endfor %}

    select
        pit_spine.* exclude (pit_spine_us)
        {%- for feature in featurectl._in_output_order(feature_views) %},
        {{ feature.sql }} as {{ adapter.quote(feature.output_name) }}
        {%- endfor %}
    from pit_spine
    {%- for view in feature_views %}
    {%- set winners = 'pit_winners_' ~ loop.index %}
    left join {{ winners }}
        on pit_spine.pit_spine_us = {{ winners }}.pit_spine_us
        {%- for key in featurectl._key_aliases(view) %}
        and pit_spine.{{ adapter.quote(key.spine_column) }} = {{ winners }}.{{ key.alias }}
        {%- endfor %}
    {%- endfor %}

) as training_set
{% endmacro %}
