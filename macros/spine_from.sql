{#
    A spine without labels: each entity of a feature view at each instant of a regular grid, while the entity was known.

    The grid is the multiples of `every` since 1970-01-01 00:00:00 UTC (weeks begin on Thursdays). An entity has the instants

        first a <= instant <= last a    (or <= until)

    where a = greatest(e, c), the instant from which a row is visible; tombstones count as rows.

    Grain: one row per entity and instant. `view`: a name, 'view@v2', or {view, package}. `every`: {count, period}.
    `until`: an SQL expression of a date or timestamp. Output: one `select` of the join keys and event_timestamp, UTC.
#}
{% macro spine_from(view, every, until=none) %}
    {{ return(adapter.dispatch('spine_from', 'featurectl')(view, every, until)) }}
{% endmacro %}


{% macro default__spine_from(view, every, until) %}

{%- set join = featurectl._named_view('spine_from', view) -%}
{%- do featurectl._require_duration('spine_from', 'every', every) -%}
{%- do featurectl._require_expression('spine_from', 'until', until) -%}
{%- if not execute %}{{ return('select 1 as parsed') }}{% endif -%}
{%- set step_us = featurectl._seconds('spine_from: `every`', every) * 1000000 -%}
{%- set event_us = featurectl._epoch_us('feature_rows.' ~ adapter.quote(join.event_timestamp.name), join.event_timestamp.data_type) -%}
{%- set created_us = featurectl._created_us(join, event_us) -%}
{%- set visible_us = 'greatest(' ~ event_us ~ ', ' ~ created_us ~ ')' if created_us else event_us -%}
select
    {%- for key in join.join_keys %}
    {{ adapter.quote(key) }},
    {%- endfor %}
    {{ featurectl._utc_timestamp('grid_us') }} as event_timestamp
from (

    {{ featurectl._grid(join, visible_us, event_us, created_us, step_us, until) | indent(4) }}

) as gridded

{% endmacro %}
