{#
    A select of the join keys and grid_us: the multiples of step_us from each entity's first visible row to its last, or until.
#}
{% macro _grid(join, visible_us, event_us, created_us, step_us, until) %}
    {{ return(adapter.dispatch('_grid', 'featurectl')(join, visible_us, event_us, created_us, step_us, until)) }}
{% endmacro %}


{% macro default___grid(join, visible_us, event_us, created_us, step_us, until) %}
    {% do featurectl._error(
        'spine_from', 'an adapter with series of numbers', featurectl._shown(adapter.type()),
        'write the spine as a model of its own.',
    ) %}
{% endmacro %}


{% macro duckdb___grid(join, visible_us, event_us, created_us, step_us, until) -%}
select
    entities.*,
    unnest(generate_series(grid_first_us, grid_last_us, cast({{ step_us }} as bigint))) as grid_us
from (

    {{ featurectl._grid_bounds(join, visible_us, event_us, created_us, step_us, until) | indent(4) }}

) as entities
{%- endmacro %}


{% macro postgres___grid(join, visible_us, event_us, created_us, step_us, until) -%}
select
    entities.*,
    instants.grid_us
from (

    {{ featurectl._grid_bounds(join, visible_us, event_us, created_us, step_us, until) | indent(4) }}

) as entities
cross join lateral generate_series(grid_first_us, grid_last_us, {{ step_us }}) as instants (grid_us)
{%- endmacro %}


{% macro bigquery___grid(join, visible_us, event_us, created_us, step_us, until) -%}
select
    entities.*,
    grid_us
from (

    {{ featurectl._grid_bounds(join, visible_us, event_us, created_us, step_us, until) | indent(4) }}

) as entities
cross join unnest(generate_array(grid_first_us, grid_last_us, {{ step_us }})) as grid_us
{%- endmacro %}


{# Its ranges end before their second bound. #}
{% macro snowflake___grid(join, visible_us, event_us, created_us, step_us, until) -%}
select
    entities.*,
    cast(instants.value as bigint) as grid_us
from (

    {{ featurectl._grid_bounds(join, visible_us, event_us, created_us, step_us, until) | indent(4) }}

) as entities
cross join lateral flatten(input => array_generate_range(grid_first_us, grid_last_us + 1, {{ step_us }})) as instants
{%- endmacro %}


{# A series whose end lies before its start is an error here, and in Trino. #}
{% macro spark___grid(join, visible_us, event_us, created_us, step_us, until) -%}
select
    entities.*,
    explode(
        case when grid_first_us <= grid_last_us then sequence(grid_first_us, grid_last_us, cast({{ step_us }} as bigint)) end
    ) as grid_us
from (

    {{ featurectl._grid_bounds(join, visible_us, event_us, created_us, step_us, until) | indent(4) }}

) as entities
{%- endmacro %}


{% macro trino___grid(join, visible_us, event_us, created_us, step_us, until) -%}
select
    entities.*,
    instants.grid_us
from (

    {{ featurectl._grid_bounds(join, visible_us, event_us, created_us, step_us, until) | indent(4) }}

) as entities
cross join unnest(
    case when grid_first_us <= grid_last_us then sequence(grid_first_us, grid_last_us, {{ step_us }}) end
) as instants (grid_us)
{%- endmacro %}


{# Redshift is a PostgreSQL to dbt, but its generate_series reads no tables. #}
{% macro redshift___grid(join, visible_us, event_us, created_us, step_us, until) %}
    {{ return(featurectl.default___grid(join, visible_us, event_us, created_us, step_us, until)) }}
{% endmacro %}


{# The first multiple of the step at or after the first row. Before 1970 its remainder is negative, and the sum is right all the same. #}
{% macro _grid_bounds(join, visible_us, event_us, created_us, step_us, until) -%}
{%- set first = 'min(' ~ visible_us ~ ')' -%}
select
    {%- for key in join.join_keys %}
    feature_rows.{{ adapter.quote(key) }},
    {%- endfor %}
    {{ first }} + mod({{ step_us }} - mod({{ first }}, {{ step_us }}), {{ step_us }}) as grid_first_us,
    {{ featurectl._instant_us(until) if until else 'max(' ~ visible_us ~ ')' }} as grid_last_us
from {{ join.relation }} as feature_rows
where {{ event_us }} is not null
    {%- if created_us %}
    and {{ created_us }} is not null
    {%- endif %}
    {%- for key in join.join_keys %}
    and feature_rows.{{ adapter.quote(key) }} is not null
    {%- endfor %}
group by
    {%- for key in join.join_keys %}
    feature_rows.{{ adapter.quote(key) }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
