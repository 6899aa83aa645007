{#
    Trailing aggregates of events, as they were known at each event: several windows and aggregates in one pass.

    For an event time E of a key, a window of length w holds the key's events with

        E - w < e <= E

    so the event itself counts and one exactly w older does not. With a created timestamp, each instant C at which the windows of E
    change (from the first that an event at E was known: a late event re-emits the rows it changes) has a row of its own,
    over the events with

        c <= C

    Grain: one row per (join keys, E, C); without a created timestamp one per (join keys, E). C is the greatest created timestamp
    the row used. Joined by training_set at t, a row holds the aggregates of all that was known at t around the newest event known at t.

    `events`: a relation, SQL text, or the name of a CTE above. `aggregates`: a list of {function, column, name, data_type}: function is
    count, sum, avg, min, max or count_distinct; a count without a column counts events; `name` replaces the column in the output name;
    the value is cast to `data_type`. `windows`: a list of {count, period}.
    Output: one `select` of join keys, event timestamp, created timestamp, then a column <name>_<function>_<window> (amount_sum_7d)
    for each aggregate and window. Timestamps come out as UTC. Aggregates ignore nulls; a null key, a null or infinite time is left out;
    a null created timestamp means known at the event. Exact duplicates are events of their own.
#}
{% macro rolling_window(events, join_keys, event_timestamp, aggregates, windows, created_timestamp=none) %}
    {{ return(adapter.dispatch('rolling_window', 'featurectl')(
        events, join_keys, event_timestamp, aggregates, windows, created_timestamp
    )) }}
{% endmacro %}


{#
    Most event times are settled: all their windows hold was known when their first event was. One range window over the history
    answers those. The others, and those an engine has no window function for, go through a join bounded by the longest window.
#}
{% macro default__rolling_window(events, join_keys, event_timestamp, aggregates, windows, created_timestamp) %}

{%- set columns = featurectl._rolling_columns(join_keys, event_timestamp, aggregates, windows, created_timestamp) -%}
{%- set longest_us = columns | map(attribute='window_us') | max -%}
{%- set in_windows = featurectl._rolling_in_windows(columns) -%}
{%- set keys = featurectl._rolling_keys(join_keys) -%}
select * from (

    with rolling_source as (

        select * from {{ featurectl._from_spine(events) if events is string else events.render() }}

    )
    {{- featurectl._rolling_events(keys, event_timestamp, columns, created_timestamp) }}
    {%- if in_windows %}
        {{- featurectl._rolling_settled(keys, columns, longest_us, created_timestamp is not none) }}
    {%- else %}
        {{- featurectl._rolling_nothing_settled(keys) }}
    {%- endif %}
    {%- if created_timestamp or not in_windows %}
        {{- featurectl._rolling_versions(keys, columns, longest_us) }}
    {%- endif %}
    {%- for part in (['settled'] if in_windows else []) + (['versions'] if created_timestamp or not in_windows else []) %}
    {{ 'union all' if not loop.first }}
    select
        {%- for key in keys %}
        {{ key.alias }} as {{ adapter.quote(key.column) }},
        {%- endfor %}
        {{ featurectl._utc_timestamp('rolling_event_us') }} as {{ adapter.quote(event_timestamp) }}
        {%- if created_timestamp %},
        {{ featurectl._utc_timestamp('rolling_created_us') }} as {{ adapter.quote(created_timestamp) }}
        {%- endif %}
        {%- for column in columns %},
        {{ column.value }} as {{ adapter.quote(column.name) }}
        {%- endfor %}
    from rolling_{{ part }}
    where rolling_nth = 1
        {%- if part == 'settled' and created_timestamp %}
        and rolling_last_created_us <= rolling_created_us
        {%- endif %}
    {%- endfor %}

) as rolling_window

{% endmacro %}


{# Redshift is a PostgreSQL to dbt, but its windows know no range. #}
{% macro redshift__rolling_window(events, join_keys, event_timestamp, aggregates, windows, created_timestamp) %}
    {% do featurectl._error(
        'rolling_window', 'an adapter with range windows', featurectl._shown(adapter.type()), 'join the events to themselves in a model.',
    ) %}
{% endmacro %}
