{#
    The newest row of each entity of a feature view, as known now, or as of another instant.

    At the instant t a row (k, e, c) is eligible when

        t - ttl <= e <= t    (t - ttl only where the view has a TTL)
              c <= t         (where it has a created timestamp)

    and the eligible row with the greatest (e, c) wins, then the greatest features in contract order, nulls lowest: what
    point_in_time_join finds for the entity at t. An entity whose winner is a tombstone, or with no eligible row, is left out.

    Grain: one row per entity. `view`: a name, 'view@v2', or {view, package}. `as_of`: an SQL expression of a date or timestamp.
    Output: one `select` of all columns of the view's contract, in its order. Keys with a null are left out.
#}
{% macro latest(view, as_of=none) %}
    {{ return(adapter.dispatch('latest', 'featurectl')(view, as_of)) }}
{% endmacro %}


{% macro default__latest(view, as_of) %}

{%- set join = featurectl._named_view('latest', view) -%}
{%- if not execute %}{{ return('select 1 as parsed') }}{% endif -%}
{%- do featurectl._require_expression('latest', 'as_of', as_of) -%}
{%- set event_us = featurectl._epoch_us('feature_rows.' ~ adapter.quote(join.event_timestamp.name), join.event_timestamp.data_type) -%}
{%- set created_us = featurectl._created_us(join, event_us) -%}
select
    {%- for column in join.columns %}
    {{ adapter.quote(column.name) }}{{ ',' if not loop.last }}
    {%- endfor %}
from (

    select
        feature_rows.*,
        row_number() over (
            partition by
                {%- for key in join.join_keys %}
                feature_rows.{{ adapter.quote(key) }}{{ ',' if not loop.last }}
                {%- endfor %}
            order by
                {{ event_us }} desc
                {%- for term in [featurectl._tie_order(join, created_us), featurectl._rest_order(join)] if term %},
                {{ term | indent(16) }}
                {%- endfor %}
        ) as latest_rank
    from {{ join.relation }} as feature_rows
    cross join (select {{ featurectl._instant_us(as_of) if as_of else featurectl._now_us() }} as now_us) as latest_clock
    where {{ event_us }} <= latest_clock.now_us
        {%- if join.ttl_seconds is not none %}
        and {{ event_us }} >= latest_clock.now_us - {{ join.ttl_seconds * 1000000 }}
        {%- endif %}
        {%- if created_us %}
        and {{ created_us }} <= latest_clock.now_us
        {%- endif %}
        {%- for key in join.join_keys %}
        and feature_rows.{{ adapter.quote(key) }} is not null
        {%- endfor %}

) as latest_rows
where latest_rank = 1
    {%- if join.tombstone %}
    and {{ adapter.quote(join.tombstone) }} is distinct from true
    {%- endif %}

{% endmacro %}


{# ORDER BY terms of the columns that settle no tie in a join, so that the row shown is always the same one. #}
{% macro _rest_order(join) %}
    {% set settled = featurectl._tie_columns(join) | map(attribute='name') | list + join.join_keys.keys() | list %}
    {% set terms = [] %}
    {% for column in join.columns if column.name not in settled %}
        {% do terms.append(featurectl._sortable('feature_rows.' ~ adapter.quote(column.name), column.data_type) ~ ' desc nulls last') %}
    {% endfor %}
    {{ return(terms | join(',\n')) }}
{% endmacro %}
